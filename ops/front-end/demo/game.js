// The demonstration game: a page as a client's front end writes it, with nothing but the kit. Opened
// as /demo/#suspect its entries look as no person's do: for whoever wants to see a challenge.
import {Portillon} from '/kit/portillon.js';
import {duration, words} from '/kit/portillon-words.js';

const texts = {
  en: {
    other: ['Français', 'fr'],
    brand: 'Portillon · demonstration',
    title: 'Three gates, one prize',
    lead: 'One of these gates hides the prize. Each has a sign, and exactly one of the three signs is true.',
    question: 'Where is the prize?',
    sun: 'Sun', moon: 'Moon', star: 'Star',
    sunSign: 'The prize is behind me.',
    moonSign: 'The prize is not behind me.',
    starSign: 'The prize is not behind the sun.',
    name: 'Your name',
    hint: 'Any name will do; it stays on this computer.',
    age: years => `I am ${years} or older.`,
    consent: code => `I agree: ${code}`,
    enter: 'Enter the game',
    leave: 'Leave the queue',
    again: 'Play again', back: 'Back to the game',
    before: n => n === 1 ? 'person before you' : 'people before you',
    stay: 'Keep this page open: you come in by yourself. If you reload it, you keep your place.',
    turn: time => `Your turn in ${time} at the latest`,
    soon: 'Any moment now',
    attempt: time => `Next attempt in ${time}`,
    number: 'Participant', entry: 'Entry', at: 'Time',
    right: 'And it was behind the moon: you have found it.',
    wrong: 'It was behind the moon. Were it behind the sun, two signs would be true; behind the star, two as well.',
    foot: 'A demonstration: there is no prize, and nothing is sent to anybody.',
    absent: 'The gateway does not answer. This page goes on as soon as it does.',
  },
  fr: {
    other: ['English', 'en'],
    brand: 'Portillon · démonstration',
    title: 'Trois portillons, un lot',
    lead: 'Le lot est derrière l’un de ces portillons. Chacun a une inscription, et une seule des trois est vraie.',
    question: 'Où est le lot ?',
    sun: 'Soleil', moon: 'Lune', star: 'Étoile',
    sunSign: 'Le lot est derrière moi.',
    moonSign: 'Le lot n’est pas derrière moi.',
    starSign: 'Le lot n’est pas derrière le soleil.',
    name: 'Votre nom',
    hint: 'N’importe quel nom convient ; il reste sur cet ordinateur.',
    age: years => `J’ai ${years} ans ou plus.`,
    consent: code => `J’accepte : ${code}`,
    enter: 'Participer',
    leave: 'Quitter la file',
    again: 'Rejouer', back: 'Revenir au jeu',
    before: n => n < 2 ? 'personne devant vous' : 'personnes devant vous',
    stay: 'Gardez cette page ouverte : vous passerez tout seul. Si vous la rechargez, vous gardez votre place.',
    turn: time => `Votre tour dans ${time} au plus tard`,
    soon: 'D’un instant à l’autre',
    attempt: time => `Prochain essai dans ${time}`,
    number: 'Participant', entry: 'Participation', at: 'Heure',
    right: 'Et il était derrière la lune : vous l’avez trouvé.',
    wrong: 'Il était derrière la lune. Derrière le soleil, deux inscriptions seraient vraies ; derrière l’étoile, deux aussi.',
    foot: 'Une démonstration : il n’y a pas de lot, et rien n’est envoyé à personne.',
    absent: 'La passerelle ne répond pas. Cette page continue dès qu’elle répond.',
  },
};

/** How a verdict looks; what is not here is no verdict. */
const looks = {
  accepted: ['✓', 'good'], repeated: ['↻', 'good'], suspended: ['‖', 'stop'],
  closed: ['■', 'stop'], refused: ['✕', 'stop'], challenged: ['✕', 'stop'], error: ['✕', 'stop'],
};
const dotsShown = 40;
/** So often at most a screen reader is told of a place that has changed. */
const calmMs = 30_000;

const $ = id => document.getElementById(id);
const form = $('play');
let language = recalledLanguage();
let text = texts[language];
let kit;
let operation;
/** What is shown in place of the form; null for the form. */
let event = null;
let entry = null;
/** When the countdown ends, by this page's own clock. */
let due = 0;
let leaving = new AbortController();
let spoken = {kind: null, at: -calmMs};
/** The game's settings cannot be had. */
let isAbsent = false;

// What is shown

function show(next, {isFocused = false} = {}) {
  const hadFocus = $('progress').contains(document.activeElement);
  event = next;
  due = performance.now() + 1000 * (next?.seconds ?? next?.retry_after ?? 0);
  render();
  if (!next) return hush();
  speak(next);
  // What had the focus may be gone: the form, or the button to leave.
  if (isFocused || (hadFocus && isOver(next))) $('headline').focus();
}

const isOver = one => one instanceof Error || Object.hasOwn(looks, one.verdict);

function render() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = text[element.dataset.word];
  }
  const [label, tag] = text.other;
  $('language').textContent = label;
  $('language').lang = tag;
  renderDemands();
  form.hidden = !kit || event !== null;
  $('progress').hidden = event === null;
  if (event) renderEvent();
  document.title = `${event ? words(event, language).title : text.title} · Portillon`;
}

function renderEvent() {
  const {title, text: sentence} = words(event, language);
  const over = isOver(event);
  const [glyph, tone] = over ? looks[event.verdict] ?? looks.error : ['⋯', 'wait'];
  const isQueue = event.reason === 'queue' && !over;
  const isStored = event.verdict === 'accepted' || event.verdict === 'repeated';
  $('progress').dataset.tone = tone;
  $('glyph').textContent = glyph;
  $('headline').textContent = title;
  $('sentence').textContent = isQueue && event.position > 0 && !event.closes_before_turn
    ? text.stay : sentence;
  $('place').hidden = $('queue').hidden = !isQueue || !(event.position > 0);
  if (isQueue) {
    $('position').textContent = event.position.toLocaleString(language);
    $('positionUnit').textContent = text.before(event.position);
    renderQueue(event.position);
  }
  $('facts').hidden = !isStored;
  if (isStored) renderFacts();
  $('answer').hidden = !isStored || !entry?.fields?.gate;
  $('answer').textContent = entry?.fields?.gate === 'moon' ? text.right : text.wrong;
  $('leave').hidden = over;
  $('again').hidden = !over;
  $('again').textContent = isStored ? text.again : text.back;
  tick();
}

/** Those before, and oneself at the end; a picture only. */
function renderQueue(position) {
  const dots = Array.from({length: Math.min(position, dotsShown) + 1}, () =>
    document.createElement('i'));
  dots.at(-1).className = 'you';
  $('queue').replaceChildren(...dots);
}

function renderFacts() {
  const facts = [
    [text.at, new Date(event.at).toLocaleTimeString(language)],
    [text.entry, event.entry],
  ];
  // A robot's entry has none.
  const number = event.participant_number;
  if (number) facts.unshift([text.number, '№ ' + number.toLocaleString(language)]);
  $('facts').replaceChildren(...facts.flatMap(([name, value]) => {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = name;
    description.textContent = value;
    return [term, description];
  }));
}

/** What the operation's settings demand of an entry; what was ticked stays so. */
function renderDemands() {
  const ticked = new Set(Array.from(form.querySelectorAll('#demands :checked'), box => box.value));
  const demands = (operation?.consents ?? []).map(code => [code, text.consent(code)]);
  if (operation?.minimum_age) demands.unshift([':age', text.age(operation.minimum_age)]);
  // Boxes that are as they were stay: one of them may have the focus.
  const asked = JSON.stringify(demands);
  if ($('demands').dataset.asked !== asked) $('demands').replaceChildren(...demands.map(([value, demand]) => {
    const label = document.createElement('label');
    const box = document.createElement('input');
    Object.assign(box, {type: 'checkbox', required: true, value, checked: ticked.has(value)});
    label.className = 'check';
    label.append(box, demand);
    return label;
  }));
  $('demands').dataset.asked = asked;
  const notice = isAbsent ? text.absent : (operation && noticeOf(operation)) ?? '';
  $('notice').hidden = event !== null || !notice;
  // A screen reader says what changes: not what is written again.
  if ($('notice').textContent !== notice) $('notice').textContent = notice;
}

/** Why an entry will not be taken now, where the operation says so. */
function noticeOf({state, reason, opens, closes}) {
  const said = {
    scheduled: {verdict: 'closed', code: 'not_open', opens},
    suspended: {verdict: 'suspended', status: 503, reason},
    suspended_definitively: {verdict: 'suspended', status: 410, reason},
    ended: {verdict: 'closed', code: 'closed', closes},
    closed: {verdict: 'closed', code: 'closed', closes: null},
  }[state];
  if (!said) return null;
  return inOneLine(words(said, language));
}

const inOneLine = ({title, text: sentence}) => title.replace(/([^.!?])$/, '$1.') + ' ' + sentence;

/** The countdown: what is promised, never less than what is left. */
function tick() {
  const isQueue = event?.reason === 'queue' && event.position > 0 && event.seconds != null;
  const isPause = ['unreachable', 'busy', 'checking'].includes(event?.reason);
  $('countdown').hidden = !(isQueue || isPause) || isOver(event);
  if ($('countdown').hidden) return;
  const left = (due - performance.now()) / 1000;
  const promise = isQueue ? text.turn : text.attempt;
  const shown = left > 0 ? promise(clock(left)) : text.soon;
  if ($('countdown').textContent !== shown) $('countdown').textContent = shown;
}

const clock = seconds => seconds > 5400 ? duration(seconds, language)
  : `${Math.floor(Math.ceil(seconds) / 60)}:${String(Math.ceil(seconds) % 60).padStart(2, '0')}`;

/** Tells a screen reader what has changed: another state at once, a place now and then. */
function speak(next) {
  const kind = isOver(next) ? 'over' : next.reason + (next.position === 0 ? '!' : '');
  const now = performance.now();
  if (kind === spoken.kind && (kind !== 'queue' || now - spoken.at < calmMs)) return;
  spoken = {kind, at: now};
  // The headline has the focus then, and says it.
  $('said').textContent = kind === 'sending' ? '' : inOneLine(words(next, language));
}

/** What was said last is no longer so, or not in this language: nobody reads it on the page. */
function hush() {
  spoken = {kind: null, at: -calmMs};
  $('said').textContent = '';
}

// What is done

async function play(participant, given) {
  entry = given;
  leaving = new AbortController();
  const {signal} = leaving;
  show({reason: 'sending'}, {isFocused: true});
  try {
    show(await kit.enter(participant, entry, {
      onWaiting: show, onChallenge: () => show({reason: 'solving'}), signal,
    }));
  } catch (error) {
    if (!signal.aborted) return show(error);
    show(null);
    $('title').focus();
  }
}

form.addEventListener('submit', submitted => {
  submitted.preventDefault();
  if (event) return;
  const boxes = Array.from(form.querySelectorAll('#demands input'));
  const consents = boxes.filter(box => box.value !== ':age').map(box => box.value);
  // One spelling for one person.
  play(form.elements.name.value.trim().replace(/\s+/g, ' ').toLowerCase(), {
    fields: {gate: form.elements.gate.value},
    ...(consents.length && {consents}),
    ...(operation?.minimum_age && {age_confirmed: true}),
  });
});
$('leave').addEventListener('click', () => leaving.abort());
$('again').addEventListener('click', async () => {
  const isStored = event.verdict === 'accepted' || event.verdict === 'repeated';
  if (isStored) form.reset();
  show(null);
  (isStored ? $('title') : form.elements.name).focus();
  await look();
});
$('language').addEventListener('click', () => {
  [, language] = text.other;
  text = texts[language];
  try { localStorage.setItem('portillon-demo', language); } catch { /* it is not remembered */ }
  render();
  hush();
});
setInterval(tick, 250);

function recalledLanguage() {
  let kept;
  try { kept = localStorage.getItem('portillon-demo'); } catch { /* it was not remembered */ }
  return kept && texts[kept] ? kept : navigator.language.startsWith('fr') ? 'fr' : 'en';
}

/** What the operation says of itself now. */
async function look() {
  try {
    operation = await kit.operation();
  } catch { /* the entry's own answer will say it */ }
  render();
}

/** The operation's name and key; a page of a client's has them written into it. */
async function settings() {
  for (;;) {
    try {
      const answer = await fetch('/demo/game.json', {cache: 'no-store'});
      const found = answer.ok && await answer.json();
      isAbsent = false;
      if (found) return found;
    } catch { /* no answer: again */ }
    isAbsent = true;
    render();
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
}

// A link that is clicked sends this header, and no script: a suspect, and no robot.
const plainFetch = globalThis.fetch;
globalThis.fetch = (url, options) => plainFetch(
  url, location.hash !== '#suspect' || options?.method !== 'POST' ? options
    : {...options, headers: {...options.headers, 'Upgrade-Insecure-Requests': '1'}});

const given = await settings();
kit = new Portillon({url: location.origin, ...given});
render();
const unfinished = kit.pending();
if (unfinished) play(unfinished.participant, unfinished.entry);
await look();

// Buttons for the curious, on the demonstration's admin side: what an operator does, and what a crowd
// and a robot do, to be watched in the game. Only `portillon demo` serves this page.

import {Gateway} from '/room/gateway.js';

const texts = {
  en: {
    other: ['Français', 'fr'], title: 'For the curious', game: 'The game', token: 'Admin token',
    tokenHint: 'The demonstration prints where it is. It stays in this page’s memory.',
    signIn: 'Sign in', wrongToken: 'The gateway does not know this token.',
    wrongRole: 'This token does not permit these buttons: the admin’s does.',
    noAnswer: 'The gateway does not answer. Try again.',
    lead: 'Keep the game open beside this page, and watch what it shows.',
    busyTitle: 'A crowd',
    busyText: 'One entry a second is let in, and a dozen invented people wait before yours. More come for as long as this page is open.',
    busy: 'Make it busy', calm: 'Let everybody in',
    pauseTitle: 'A pause', pauseText: 'Entries are refused for a while, and the game says so.',
    suspend: 'Suspend', resume: 'Resume',
    robotTitle: 'A robot',
    robotText: 'An entry comes with the header of a tool for load tests. The operation refuses robots until it is answered.',
    robot: 'Send a robot',
    puzzleTitle: 'A puzzle',
    puzzleText: 'Whoever looks a little like a program is asked to solve a puzzle. Opened as a suspect, the game sends a header that no page’s script sends.',
    puzzle: 'Ask suspects for a puzzle', restore: 'As before', suspect: 'The game as a suspect',
    said: {
      puzzle: 'Suspects are asked to solve a puzzle.', restore: 'Suspects are treated as before.',
      busy: 'It is busy: one entry a second is let in.', calm: 'Everybody is let in.',
      suspend: 'The game is suspended.', resume: 'The game goes on.',
      refused: tool => `The robot is refused: the gateway has recognised ${tool}.`,
      answered: verdict => `The robot is answered: ${verdict}.`,
    },
  },
  fr: {
    other: ['English', 'en'], title: 'Pour les curieux', game: 'Le jeu', token: 'Jeton d’administration',
    tokenHint: 'La démonstration affiche où il se trouve. Il reste dans la mémoire de cette page.',
    signIn: 'Entrer', wrongToken: 'La passerelle ne connaît pas ce jeton.',
    wrongRole: 'Ce jeton ne permet pas ces boutons : celui de l’administration les permet.',
    noAnswer: 'La passerelle ne répond pas. Réessayez.',
    lead: 'Gardez le jeu ouvert à côté de cette page, et regardez ce qu’il montre.',
    busyTitle: 'Une foule',
    busyText: 'Une participation par seconde est admise, et une douzaine de personnes inventées attendent avant la vôtre. D’autres viennent tant que cette page est ouverte.',
    busy: 'Faire venir la foule', calm: 'Laisser entrer tout le monde',
    pauseTitle: 'Une pause', pauseText: 'Les participations sont refusées pendant un moment, et le jeu le dit.',
    suspend: 'Suspendre', resume: 'Reprendre',
    robotTitle: 'Un robot',
    robotText: 'Une participation arrive avec l’en-tête d’un outil de test de charge. L’opération refuse les robots jusqu’à la réponse.',
    robot: 'Envoyer un robot',
    puzzleTitle: 'Un calcul',
    puzzleText: 'Qui ressemble un peu à un programme doit résoudre un calcul. Ouvert en suspect, le jeu envoie un en-tête qu’aucun script de page n’envoie.',
    puzzle: 'Demander un calcul aux suspects', restore: 'Comme avant', suspect: 'Le jeu en suspect',
    said: {
      puzzle: 'Les suspects doivent résoudre un calcul.', restore: 'Les suspects sont traités comme avant.',
      busy: 'Il y a foule : une participation par seconde est admise.', calm: 'Tout le monde entre.',
      suspend: 'Le jeu est suspendu.', resume: 'Le jeu reprend.',
      refused: tool => `Le robot est refusé : la passerelle a reconnu ${tool}.`,
      answered: verdict => `Réponse au robot : ${verdict}.`,
    },
  },
};

/** So many wait before whoever enters. */
const CROWD = 12;

const $ = id => document.getElementById(id);
let text;
let gateway;
/** `{operation, key, entries}`: the public listener's address is `entries`. */
let game;
/** Ends the crowd. */
let crowd = new AbortController();
let people = 0;
/** What the operation did about robots before suspects were asked for a puzzle, while they are. */
let before;
/** What was said last, to be said in the other language too. */
let spoken = () => '';

function speak(tag) {
  text = texts[tag];
  document.documentElement.lang = tag;
  document.title = `${text.title} · Portillon`;
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = text[element.dataset.word];
  }
  const [label, other] = text.other;
  $('language').textContent = label;
  $('language').lang = other;
  $('said').textContent = spoken();
}

function say(make) {
  spoken = make;
  $('said').textContent = make();
}

$('language').addEventListener('click', () => speak(text.other[1]));

$('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  const field = $('token');
  $('refusal').textContent = '';
  const wanted = new Gateway(field.value.trim());
  try {
    await wanted.signIn();
    if (wanted.holder.role !== 'admin') {
      $('refusal').textContent = text.wrongRole;
      return;
    }
    gateway = wanted;
    field.value = '';
    $('door').hidden = true;
    $('controls').hidden = false;
    $('controls-title').focus();
  } catch (error) {
    $('refusal').textContent = error.status === 401 ? text.wrongToken
      : error.status === 0 ? text.noAnswer : error.message;
    field.focus();
  }
});

/** What an operator asks of the operation. */
const ask = (method, verb, body) =>
  gateway.ask(method, `/v1/operations/${game.operation}${verb}`, body);

/** An entry, as a page or a program sends it; its answer. */
async function enter(participant, fields = {}) {
  const answer = await fetch(`${game.entries}/v1/operations/${game.operation}/entries`, {
    method: 'POST', credentials: 'omit', body: JSON.stringify({participant}),
    headers: {
      'Authorization': `Bearer ${game.key}`, 'Content-Type': 'application/json', ...fields,
    },
  });
  return answer.json();
}

/** People who enter once, and do not come back for their turn: as many come as are let in. */
async function gather(signal) {
  for (let waiting = 0; !signal.aborted;) {
    people += 1;
    const {verdict} = await enter(`crowd ${performance.timeOrigin} ${people}`);
    if (verdict === 'waiting') waiting += 1;
    if (waiting >= CROWD) await new Promise(resolve => setTimeout(resolve, 1000));
  }
}

const actions = {
  async busy() {
    await ask('POST', '/pace', {per_second: 1});
    crowd.abort();
    crowd = new AbortController();
    // Where it ends, by a suspension or with the gateway, there is no crowd any more.
    gather(crowd.signal).catch(() => {});
    return text => text.said.busy;
  },
  async calm() {
    crowd.abort();
    await ask('POST', '/pace', {per_second: null});
    return text => text.said.calm;
  },
  async suspend() {
    await ask('POST', '/suspend', {ground: 'maintenance', note: 'demonstration'});
    return text => text.said.suspend;
  },
  async resume() {
    await ask('POST', '/resume', {note: 'demonstration'});
    return text => text.said.resume;
  },
  async puzzle() {
    before ??= (await ask('GET', '')).robots;
    await ask('PATCH', '', {robots: 'challenge'});
    return text => text.said.puzzle;
  },
  async restore() {
    if (before) await ask('PATCH', '', {robots: before});
    before = undefined;
    return text => text.said.restore;
  },
  async robot() {
    const {robots} = await ask('GET', '');
    await ask('PATCH', '', {robots: 'refuse'});
    try {
      const answer = await enter(`robot ${performance.timeOrigin} ${people += 1}`, {'X-Vegeta-Seq': '1'});
      return text => answer.reasons?.includes('robot') ? text.said.refused(answer.tool)
        : text.said.answered(answer.verdict ?? answer.code);
    } finally {
      await ask('PATCH', '', {robots});
    }
  },
};

for (const [name, act] of Object.entries(actions)) {
  $(name).addEventListener('click', async () => {
    $(name).disabled = true;
    try {
      const said = await act();
      say(() => said(text));
    } catch (error) {
      say(() => error.status ? error.message : text.noAnswer);
    } finally {
      $(name).disabled = false;
      $(name).focus();
    }
  });
}

speak(navigator.language.startsWith('fr') ? 'fr' : 'en');
game = await (await fetch('/controls/demonstration.json', {cache: 'no-store'})).json();
$('game').href = `${game.entries}/demo/`;
$('suspect').href = `${game.entries}/demo/#suspect`;
$('token').focus();

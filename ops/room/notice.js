// The page on which a client gives notice of a campaign, and sees at once whether it fits (C1). It
// holds no data: it asks this listener, with the token that the client types in.
'use strict';
const words = {
  en: {
    title: 'Give notice of a campaign', token: 'Token', operation: 'Operation',
    channel: 'Channel', recipients: 'Recipients', starts: 'Starts',
    ends: 'Ends (optional)', waves: 'Waves that fit', declare: 'Declare the campaign',
    declareWaves: 'Declare these waves instead',
    fits: 'It fits', unfit: 'It does not fit', unknown: 'The capacity is not known yet',
    expected: (n, rate, at) => `${n} participants expected, ${rate} entries a second at `
      + at,
    all: (rate, target, others) => `All together ${rate} a second at most; others bring `
      + `${others} then` + (target ? `, and ${target} are planned for` : ''),
    declared: at => `Declared at ${at}.`,
    late: 'Its start is past: it is on record, and adds nothing to the cover.',
    failed: 'No answer; nothing may have been declared. Try again.',
    noAnswer: 'No answer from the gateway. Try again.',
    channels: {
      email: 'E-mail', sms: 'SMS', television: 'Television', radio: 'Radio',
      social: 'Social media', display: 'Display advertising', press: 'Press',
      other: 'Other',
    },
  },
  fr: {
    title: 'Annoncer une campagne', token: 'Jeton', operation: 'Opération',
    channel: 'Canal', recipients: 'Destinataires', starts: 'Début',
    ends: 'Fin (facultative)', waves: 'Vagues qui passent',
    declare: 'Déclarer la campagne', declareWaves: 'Déclarer plutôt ces vagues',
    fits: 'La campagne passe', unfit: 'La campagne ne passe pas',
    unknown: 'La capacité n’est pas encore connue',
    expected: (n, rate, at) => `${n} participants attendus, ${rate} participations par `
      + `seconde à ${at}`,
    all: (rate, target, others) => `En tout ${rate} par seconde au plus ; les autres en `
      + `apportent alors ${others}` + (target ? `, ${target} sont prévues` : ''),
    declared: at => `Déclarée à ${at}.`,
    late: 'Le début est passé : elle est enregistrée, sans rien ajouter à la couverture.',
    failed: 'Pas de réponse ; rien n’a peut-être été déclaré. Réessayez.',
    noAnswer: 'Le serveur ne répond pas. Réessayez.',
    channels: {
      email: 'E-mail', sms: 'SMS', television: 'Télévision', radio: 'Radio',
      social: 'Réseaux sociaux', display: 'Bannières', press: 'Presse', other: 'Autre',
    },
  },
};
const language = navigator.language.startsWith('fr') ? 'fr' : 'en';
const text = words[language];
document.documentElement.lang = language;
document.title = `Portillon: ${text.title}`;
for (const element of document.querySelectorAll('[data-word]')) {
  element.textContent = text[element.dataset.word];
}
const form = document.querySelector('form');
const verdict = document.querySelector('#verdict');
const table = document.querySelector('#waves');
const number = value => value.toLocaleString(language, {maximumFractionDigits: 1});
const time = value => new Date(value).toLocaleString(language);
for (const [name, label] of Object.entries(text.channels)) {
  form.channel.append(new Option(label, name));
}

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method, credentials: 'omit', body: body && JSON.stringify(body),
    headers: {'Authorization': 'Bearer ' + form.token.value.trim(),
      ...(body && {'Content-Type': 'application/json'})},
  });
  // What stands between answers with pages of its own.
  const found = await answer.json().catch(() => ({title: `${answer.status}`}));
  if (answer.ok) return found;
  const details = (found.errors || []).map(error => `${error.pointer}: ${error.detail}`);
  throw new Error([found.detail || found.title, ...details].join(' '));
}

function say(kind, ...sentences) {
  verdict.className = kind;
  verdict.textContent = sentences.join('. ');
}

function campaign() {
  return {
    channel: form.channel.value, recipients: Number(form.recipients.value),
    starts: new Date(form.starts.value).toISOString(),
    ...(form.ends.value && {ends: new Date(form.ends.value).toISOString()}),
  };
}

const path = name => `/v1/operations/${encodeURIComponent(form.operation.value)}/${name}`;

async function listOperations() {
  let after = '';
  form.operation.replaceChildren();
  do {
    const page = await ask('GET', `/v1/operations?limit=200&after=${after}`);
    for (const one of page.operations) {
      form.operation.append(new Option(`${one.title} (${one.operation})`, one.operation));
    }
    after = page.next;
  } while (after);
}

let latest = 0;
let planned = [];
async function check() {
  const mine = ++latest;
  form.whole.disabled = true;
  form.parts.hidden = table.hidden = true;
  if (!form.operation.value || !form.checkValidity()) return;
  const found = await ask('POST', path('campaign-check'), campaign());
  if (mine !== latest) return;
  const known = found.fits !== undefined;
  say(known ? (found.fits ? 'fits' : 'not') : '',
    known ? (found.fits ? text.fits : text.unfit) : text.unknown,
    text.expected(number(found.expected_participants), number(found.own_peak_per_second),
      time(found.own_peak_at)),
    text.all(number(found.peak_per_second),
      found.target_per_second && number(found.target_per_second),
      number(found.others_per_second)));
  planned = found.waves;
  table.tBodies[0].replaceChildren(...planned.map(wave => {
    const row = document.createElement('tr');
    for (const cell of [time(wave.starts), number(wave.recipients)]) {
      row.insertCell().textContent = cell;
    }
    return row;
  }));
  form.parts.hidden = table.hidden = planned.length === 0;
  form.whole.disabled = false;
}

async function declare(campaigns) {
  form.whole.disabled = form.parts.disabled = true;
  const said = [];
  try {
    for (const one of campaigns) {
      const made = await ask('POST', path('campaigns'), one);
      said.push(text.declared(time(made.declared_at)) + (made.late ? ' ' + text.late : ''));
    }
    say('fits', said[said.length - 1]);
    form.recipients.value = '';
    // The button that was pressed is off, and would lose the keyboard's place.
    form.recipients.focus();
  } catch (error) {
    say('not', ...said, error instanceof TypeError ? text.failed : error.message);
    verdict.focus();
  }
  form.parts.hidden = table.hidden = true;
  form.parts.disabled = false;
}

const told = action => action().catch(error => {
  say('not', error instanceof TypeError ? text.noAnswer : error.message);
});
form.token.addEventListener('change', () => told(async () => {
  await listOperations();
  await check();
}));
for (const name of ['operation', 'channel', 'recipients', 'starts', 'ends']) {
  form[name].addEventListener('change', () => told(check));
}
form.addEventListener('submit', event => {
  event.preventDefault();
  if (event.submitter === form.parts) {
    declare(planned.map(wave => ({channel: form.channel.value, ...wave})));
  } else {
    declare([campaign()]);
  }
});

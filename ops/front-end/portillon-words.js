// Words for what Portillon answers, in English and French: a title and a text for people.
// A page may add languages: tables.de = {...tables.en, accepted: …}.

/** How long, rounded up so that nobody is told too little: "40 seconds", "3 minutes". */
export function duration(seconds, language = navigator.language) {
  const [value, unit] = seconds > 5400 ? [seconds / 3600, 'hour']
    : seconds > 90 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  const whole = unit === 'second' && value > 10 ? Math.ceil(value / 5) * 5 : Math.ceil(value);
  const style = {style: 'unit', unit, unitDisplay: 'long'};
  return new Intl.NumberFormat(language, style).format(Math.max(whole, 1));
}

const en = {
  accepted: (a, f) => ['You are in', `Your entry is stored.${a.participant_number ? ` You are participant number ${f.number(a.participant_number)}.` : ''}`],
  repeated: (a, f) => ['You have already entered', `Your entry of ${f.time(a.at)} counts.${a.participant_number ? ` You are participant number ${f.number(a.participant_number)}.` : ''}`],
  queue: (a, f) => [a.position ? 'You are in the queue' : 'It is your turn',
    (a.position ? `${a.position === 1 ? 'One person is' : f.number(a.position) + ' people are'} before you. ` : 'Your entry is being let in. ')
    + (a.closes_before_turn ? 'The game closes before your turn is likely to come; it may still go faster.'
      : a.position && a.seconds ? `Your turn comes in ${f.duration(a.seconds)} at the latest.` : '')],
  opening: (a, f) => ['You have a place', `All places are drawn when the game opens${a.opens ? `, ${f.time(a.opens)}` : ''}: it does not matter who came first.`],
  busy: () => ['Many people enter at once', 'Your entry is sent again by itself. You need not do anything.'],
  checking: (a, f) => ['Your entry is being checked', `Your device cannot solve the puzzle that keeps robots out, so it waits instead: ${f.duration(a.seconds)}. Keep this page open; you need not do anything.`],
  offline: () => ['You are offline', 'Your entry is sent as soon as there is a network again.'],
  unreachable: () => ['No answer yet', 'Your entry is sent again by itself. It counts once, however often it is sent.'],
  sending: () => ['One moment', 'Your entry is being sent.'],
  solving: () => ['One moment', 'Your device is solving a small puzzle, so that robots do not take your place. You need not do anything.'],
  challenged: () => ['Your device could not be checked', 'Nothing is stored. Try again with an up-to-date browser, or on another device; if that fails, write to the organiser.'],
  age_not_confirmed: () => ['Your age is missing', 'Confirm your age, then send your entry again.'],
  consent_missing: () => ['A consent is missing', 'Agree to what is required, then send your entry again.'],
  origin_not_allowed: () => ['Not from this page', 'This page may not send entries to this game. Go to the organiser’s own page.'],
  second_key_limit: () => ['Your household has entered', 'No more entries are allowed for your household or device.'],
  robot: () => ['Your entry looked automatic', 'It is not stored. If you are a person, try again in a few minutes, or write to the organiser.'],
  challenge_failed: () => ['The check has failed', 'Nothing is stored. Send your entry again.'],
  refused: (a, f) => ['Your entry is not allowed', `Nothing is stored (${f.codes(a)}).`],
  suspended: (a, f) => ['The game is paused', `${f.sentence(a.reason)}${a.closes_before_until ? 'It closes before it is likely to go on.' : a.until ? `It goes on ${f.time(a.until)}.` : 'Please come back later.'} Nothing is stored.`],
  suspended_definitively: (a, f) => ['The game has been stopped', `${f.sentence(a.reason)}It takes no more entries.`],
  not_open: (a, f) => ['The game is not open yet', a.opens ? `It opens ${f.time(a.opens)}.` : 'Please come back later.'],
  closed: (a, f) => ['The game is over', a.closes ? `It closed ${f.time(a.closes)}.` : 'It takes no more entries.'],
  cap_reached: () => ['The game is full', 'All places are taken.'],
  wrong_shape: () => ['Something is not right in the form', 'Check what you have typed, then send your entry again.'],
  permit: (a, f) => ['The load test’s permit does not hold', `Nothing is stored (${f.codes(a)}).`],
  idempotency_key_reused: (a, f) => ['Another entry is already stored', `It was sent with the same key, so this one is not stored. Tell the organiser: ${f.codes(a)}.`],
  no_answer: () => ['The game does not answer', 'Check your connection, then try again.'],
  error: (a, f) => ['This page does not work', `${a.status < 500 ? 'Nothing is stored. ' : ''}Tell the organiser: ${f.codes(a)}.`],
};

const fr = {
  accepted: (a, f) => ['C’est fait !', `Votre participation est enregistrée.${a.participant_number ? ` Vous êtes le participant numéro ${f.number(a.participant_number)}.` : ''}`],
  repeated: (a, f) => ['Vous avez déjà participé', `Votre participation du ${f.time(a.at)} compte.${a.participant_number ? ` Vous êtes le participant numéro ${f.number(a.participant_number)}.` : ''}`],
  queue: (a, f) => [a.position ? 'Vous êtes dans la file' : 'C’est votre tour',
    (a.position ? `Il y a ${a.position === 1 ? 'une personne' : f.number(a.position) + ' personnes'} devant vous. ` : 'Votre participation est en train de passer. ')
    + (a.closes_before_turn ? 'Le jeu ferme sans doute avant votre tour ; cela peut encore aller plus vite.'
      : a.position && a.seconds ? `Votre tour viendra dans ${f.duration(a.seconds)} au plus tard.` : '')],
  opening: (a, f) => ['Vous avez une place', `L’ordre est tiré au sort à l’ouverture${a.opens ? `, ${f.time(a.opens)}` : ''} : peu importe qui est arrivé en premier.`],
  busy: () => ['Ça se bouscule au portillon', 'Votre participation repart toute seule. Vous n’avez rien à faire.'],
  checking: (a, f) => ['Votre participation est en cours de vérification', `Votre appareil ne peut pas résoudre le calcul qui écarte les robots ; il attend à la place : ${f.duration(a.seconds)}. Gardez cette page ouverte, vous n’avez rien à faire.`],
  offline: () => ['Vous êtes hors ligne', 'Votre participation partira dès que le réseau reviendra.'],
  unreachable: () => ['Pas encore de réponse', 'Votre participation repart toute seule. Elle ne compte qu’une fois, quel que soit le nombre d’essais.'],
  sending: () => ['Un instant', 'Votre participation est en route.'],
  solving: () => ['Un instant', 'Votre appareil résout un petit calcul, pour que les robots ne prennent pas votre place. Vous n’avez rien à faire.'],
  challenged: () => ['Votre appareil n’a pas pu être vérifié', 'Rien n’est enregistré. Réessayez avec un navigateur à jour ou sur un autre appareil ; sinon, écrivez à l’organisateur.'],
  age_not_confirmed: () => ['Il manque votre âge', 'Confirmez votre âge, puis renvoyez votre participation.'],
  consent_missing: () => ['Il manque un accord', 'Donnez les accords obligatoires, puis renvoyez votre participation.'],
  origin_not_allowed: () => ['Pas depuis cette page', 'Cette page ne peut pas participer à ce jeu. Passez par la page de l’organisateur.'],
  second_key_limit: () => ['Votre foyer a déjà participé', 'Il n’y a plus de participation possible pour votre foyer ou votre appareil.'],
  robot: () => ['Votre participation a semblé automatique', 'Elle n’est pas enregistrée. Si vous êtes une personne, réessayez dans quelques minutes ou écrivez à l’organisateur.'],
  challenge_failed: () => ['La vérification a échoué', 'Rien n’est enregistré. Renvoyez votre participation.'],
  refused: (a, f) => ['Votre participation n’est pas admise', `Rien n’est enregistré (${f.codes(a)}).`],
  suspended: (a, f) => ['Le jeu est en pause', `${f.sentence(a.reason)}${a.closes_before_until ? 'Il se termine sans doute avant de reprendre.' : a.until ? `Il reprend le ${f.time(a.until)}.` : 'Revenez plus tard.'} Rien n’est enregistré.`],
  suspended_definitively: (a, f) => ['Le jeu est arrêté', `${f.sentence(a.reason)}Il n’accepte plus de participation.`],
  not_open: (a, f) => ['Le jeu n’est pas encore ouvert', a.opens ? `Il ouvre le ${f.time(a.opens)}.` : 'Revenez plus tard.'],
  closed: (a, f) => ['Le jeu est terminé', a.closes ? `Il a fermé le ${f.time(a.closes)}.` : 'Il n’accepte plus de participation.'],
  cap_reached: () => ['Le jeu est complet', 'Toutes les places sont prises.'],
  wrong_shape: () => ['Quelque chose ne va pas dans le formulaire', 'Vérifiez ce que vous avez écrit, puis renvoyez votre participation.'],
  permit: (a, f) => ['L’autorisation du test de charge n’est pas valable', `Rien n’est enregistré (${f.codes(a)}).`],
  idempotency_key_reused: (a, f) => ['Une autre participation est déjà enregistrée', `Elle est arrivée avec la même clé ; celle-ci n’est donc pas enregistrée. Dites à l’organisateur : ${f.codes(a)}.`],
  no_answer: () => ['Le jeu ne répond pas', 'Vérifiez votre connexion, puis réessayez.'],
  error: (a, f) => ['Cette page ne fonctionne pas', `${a.status < 500 ? 'Rien n’est enregistré. ' : ''}Dites à l’organisateur : ${f.codes(a)}.`],
};

export const tables = {en, fr};

export function words(event, language = navigator.language) {
  const primary = language.split('-')[0].toLowerCase();
  const table = tables[primary] ?? en;
  const locale = tables[primary] ? language : 'en';
  const format = {
    number: value => new Intl.NumberFormat(locale).format(value),
    time: value => new Date(value).toLocaleString(locale, {dateStyle: 'long', timeStyle: 'short'}),
    duration: seconds => duration(seconds, locale),
    codes: ({reasons, code, message}) => (reasons ?? [code ?? message]).join(', '),
    sentence: text => text ? text.replace(/([^.!?…])$/, '$1.') + ' ' : '',
  };
  const [title, text] = table[keyOf(event, table)](event, format);
  return {title, text: text.trim()};
}

/** Which row of a table an event has: the most special one that there is. */
function keyOf({verdict, reason, reasons, code, status}, table) {
  const names = {
    suspended: [status === 410 ? 'suspended_definitively' : 'suspended'],
    challenged: ['challenged'],
    refused: [...(reasons ?? []).map(one => one.replace(/^permit_.*/, 'permit')), 'refused'],
    closed: [code, 'closed'],
    accepted: ['accepted'],
    repeated: ['repeated'],
    // An error, and no wait: nothing is sent again by itself.
  }[verdict] ?? [reason, code === 'unreachable' ? 'no_answer' : code];
  return names.find(name => Object.hasOwn(table, name)) ?? 'error';
}

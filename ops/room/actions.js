// What may be done: each with its effect said before, and nothing done by one key alone.

import {element, rate} from './elements.js';
import {colon} from './language.js';
import {words} from './words.js';

/// The requests behind the actions, as the route table names them.
export const ROUTES = {
  suspend: 'POST /v1/operations/{operation}/suspend', resume: 'POST /v1/operations/{operation}/resume',
  pace: 'POST /v1/operations/{operation}/pace', notice: 'POST /v1/operations/{operation}/traffic-notice',
  incident: 'POST /v1/incidents',
};

/// Grounds that need nothing beside the ground; the others are for the command line, which asks
/// for the notice that they need.
const GROUNDS = [
  'stability', 'degradation', 'undeclared_traffic', 'robots', 'security', 'fraud', 'maintenance',
  'authority', 'unlawful_content', 'client_instruction', 'force_majeure',
];
const MINUTES = [15, 30, 60];

/// Asks, and does what is confirmed.
/// - context: `{gateway, now(), done(said, operation)}`; the gateway's time, in milliseconds.
export function act(kind, operation, context) {
  const form = FORMS[kind](operation, context);
  const dialog = document.querySelector('#dialog');
  const a = words.act;
  const refusal = element('p', {class: 'refusal', role: 'alert'});
  const confirm = element('button', {class: form.isGrave ? 'primary grave' : 'primary'}, form.action);
  const body = element('form', {method: 'dialog', autocomplete: 'off'},
    element('h2', {id: 'dialog-title'}, form.title), element('p', {class: 'effect'}, form.effect),
    ...form.fields, refusal,
    element('p', {class: 'actions'}, confirm,
      element('button', {type: 'button', onclick: () => dialog.close()}, a.cancel)));
  body.addEventListener('submit', async event => {
    event.preventDefault();
    confirm.disabled = true;
    confirm.textContent = a.sending;
    refusal.textContent = '';
    try {
      const [method, path, members] = form.request(body);
      const answer = await context.gateway.ask(method, path, members);
      dialog.close();
      context.done(a.done(form.title), kind === 'incident' ? undefined : answer);
    } catch (error) {
      refusal.textContent = error.status === 0 ? a.unknown
        : [error.message, ...(error.errors ?? []).map(one => `${one.pointer}${colon()}${one.detail}`)].join(' ');
      confirm.disabled = false;
      confirm.textContent = form.action;
    }
  });
  dialog.replaceChildren(body);
  dialog.showModal();
}

function field(label, input, hint) {
  return element('label', {class: 'field'}, element('span', {}, label), input,
    hint ? element('span', {class: 'muted'}, hint) : undefined);
}

function select(name, options, attributes = {}) {
  return element('select', {name, ...attributes}, ...options.map(([value, text]) => new Option(text, value)));
}

const path = (operation, verb) => `/v1/operations/${encodeURIComponent(operation.operation)}/${verb}`;

const note = isRequired => field(words.act.note, element('input', {
  name: 'note', maxlength: '1000', required: isRequired, autocomplete: 'off',
}));

const FORMS = {
  suspend(operation, {gateway, now}) {
    const a = words.act;
    const isAdmin = gateway.holder.role === 'admin';
    const name = element('input', {name: 'confirm', pattern: operation.operation, autocomplete: 'off'});
    const repeated = field(a.confirm(operation.operation), name, a.definitiveHint);
    repeated.hidden = true;
    const how = select('how', [
      ...MINUTES.map(count => [count, count === 60 ? a.oneHour : a.minutes(count)]),
      ['open', a.open], ['definitive', a.definitive],
    ], {
      onchange: event => {
        repeated.hidden = event.target.value !== 'definitive';
        name.required = !repeated.hidden;
      },
    });
    if (!isAdmin) how.lastChild.remove();
    return {
      title: a.suspendTitle(operation.title), action: a.suspendDo, isGrave: true,
      effect: a.suspendEffect(rate(operation.attempts_per_second)),
      fields: [
        field(a.ground, select('ground', GROUNDS.map(one => [one, words.grounds[one]]))), field(a.how, how),
        repeated, note(true),
        field(a.publicReason, element('input', {name: 'public_reason', maxlength: '200', autocomplete: 'off'})),
      ],
      request(form) {
        const {ground, how, note, public_reason: reason} = form.elements;
        const minutes = Number(how.value);
        return ['POST', path(operation, 'suspend'), {
          ground: ground.value, note: note.value, ...(reason.value && {public_reason: reason.value}),
          ...(minutes && {until: new Date(now() + minutes * 60000).toISOString()}),
          ...(how.value === 'definitive' && {definitive: true}),
        }];
      },
    };
  },

  resume(operation) {
    const a = words.act;
    const isForGood = operation.state === 'suspended_definitively';
    return {
      title: a.resumeTitle(operation.title), action: a.resumeDo, effect: a.resumeEffect,
      fields: [
        ...isForGood ? [field(a.confirm(operation.operation), element('input', {
          name: 'confirm', required: true, pattern: operation.operation, autocomplete: 'off',
        }))] : [],
        note(isForGood),
      ],
      request(form) {
        return ['POST', path(operation, 'resume'), {
          ...(form.elements.note.value && {note: form.elements.note.value}),
          ...(isForGood && {confirm: form.elements.confirm.value}),
        }];
      },
    };
  },

  pace(operation) {
    const a = words.act;
    const perSecond = element('input', {
      name: 'per_second', type: 'number', min: '1', max: '1000000', step: '1', required: true,
      value: operation.pace_per_second ?? Math.max(1, Math.round(operation.accepted_per_second)),
    });
    const none = element('input', {
      type: 'checkbox', name: 'none', onchange: event => { perSecond.disabled = event.target.checked; },
    });
    return {
      title: a.paceTitle(operation.title), action: a.paceDo,
      effect: a.paceEffect(rate(operation.attempts_per_second)),
      fields: [
        field(a.perSecond, perSecond), element('label', {class: 'check'}, none, ' ', a.noPace), note(false),
      ],
      request(form) {
        return ['POST', path(operation, 'pace'), {
          per_second: none.checked ? null : Number(perSecond.value),
          ...(form.elements.note.value && {note: form.elements.note.value}),
        }];
      },
    };
  },

  notice(operation) {
    const a = words.act;
    return {
      title: a.noticeTitle(operation.title), action: a.noticeDo,
      effect: a.noticeEffect(operation.participants, operation.cover),
      fields: [
        field(a.expected, element('input', {
          name: 'expected', type: 'number', min: '1', max: '4294967295', step: '1', required: true,
        })), note(false),
      ],
      request(form) {
        return ['POST', path(operation, 'traffic-notice'), {
          expected_participants: Number(form.elements.expected.value),
          ...(form.elements.note.value && {note: form.elements.note.value}),
        }];
      },
    };
  },

  incident() {
    const a = words.act;
    return {
      title: a.incidentTitle, action: a.incidentDo, effect: a.incidentEffect,
      fields: [
        field(a.severity, select('severity', [['critical', a.critical], ['minor', a.minor]])),
        field(a.incidentName, element('input', {name: 'title', maxlength: '200', required: true, autocomplete: 'off'})),
        note(false),
      ],
      request(form) {
        const {severity, title, note} = form.elements;
        return ['POST', '/v1/incidents', {
          severity: severity.value, title: title.value, ...(note.value && {note: note.value}),
        }];
      },
    };
  },
};

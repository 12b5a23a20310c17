/// The page on which a client gives notice of a campaign and sees at once whether it fits (C1).
///
/// It holds no data: its script asks this listener, with the token that the client types in.
enum NoticePage {
    static let document = [UInt8](
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Portillon: give notice of a campaign</title>
        <link rel="stylesheet" href="/notice.css">
        <script src="/notice.js" defer></script>
        <main>
        <h1 data-word="title">Give notice of a campaign</h1>
        <noscript>This page needs JavaScript. Without it:
        <code>portillon campaign add</code>.</noscript>
        <form autocomplete="off">
        <label><span data-word="token">Token</span>
        <input name="token" type="password" required placeholder="ck_…"></label>
        <label><span data-word="operation">Operation</span>
        <select name="operation" required></select></label>
        <label><span data-word="channel">Channel</span>
        <select name="channel" required></select></label>
        <label><span data-word="recipients">Recipients</span>
        <input name="recipients" type="number" min="1" max="4294967295" step="1" required></label>
        <label><span data-word="starts">Starts</span>
        <input name="starts" type="datetime-local" required></label>
        <label><span data-word="ends">Ends (optional)</span>
        <input name="ends" type="datetime-local"></label>
        <p id="verdict" role="status" tabindex="-1"></p>
        <table id="waves" hidden><caption data-word="waves">Waves that fit</caption>
        <thead><tr><th scope="col" data-word="starts">Starts</th>
        <th scope="col" data-word="recipients">Recipients</th></tr></thead>
        <tbody></tbody></table>
        <button name="whole" disabled data-word="declare">Declare the campaign</button>
        <button name="parts" hidden data-word="declareWaves">Declare these waves instead</button>
        </form>
        </main>
        </html>

        """.utf8)

    static let style = [UInt8](
        """
        :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
        main { max-width: 34rem; margin: 2rem auto; padding: 0 1rem; }
        label { display: grid; grid-template-columns: minmax(0, 1fr); gap: .25rem; margin: 1rem 0; }
        input, select, button { box-sizing: border-box; font: inherit; padding: .5rem; }
        input, select { min-width: 0; width: 100%; }
        button { margin: .5rem .5rem .5rem 0; }
        table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
        caption { text-align: left; }
        th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid; }
        th + th, td + td { text-align: right; }
        #verdict { min-height: 3rem; border-left: .25rem solid; padding-left: .75rem;
          overflow-wrap: anywhere; }
        #verdict.fits { border-color: #1a7f37; }
        #verdict.not { border-color: #cf222e; }
        [hidden] { display: none; }

        """.utf8)

    static let script = [UInt8](
        #"""
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

        """#.utf8)
}

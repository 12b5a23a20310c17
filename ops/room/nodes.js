// The nodes of the cluster: who leads, and whether the others have all there is. Of a gateway that
// is alone nothing is shown.

import {duration, element, mark, replaceWhereOther, write} from './elements.js';
import {number} from './language.js';
import {words} from './words.js';

const $ = selector => document.querySelector(selector);

/// The cells of each node's row that change each second.
let rows = new Map();

/// Names of nodes that the leader does not hear.
export function silentNodes(status) {
  return (status.nodes ?? []).filter(one => one.role === 'silent').map(one => one.node);
}

export function drawNodes(status) {
  const nodes = status.nodes ?? [];
  $('#nodes-panel').hidden = nodes.length === 0;
  const host = $('#nodes');
  const key = nodes.length ? JSON.stringify([words.nodes.title, ...nodes.map(one => one.node)]) : '';
  replaceWhereOther(host, key, () => nodes.length ? [table(nodes)] : []);
  for (const node of nodes) {
    const cells = rows.get(node.node);
    write(cells.role, words.nodes.roles[node.role]);
    mark(cells.role, 'class', ['silent', 'unproven'].includes(node.role) ? 'chip suspended' : 'chip open');
    write(cells.lag, number(node.lag));
    write(cells.heard, heard(node));
  }
}

function heard(node) {
  if (node.role === 'leader') return '–';
  return node.silent_seconds === undefined ? words.nodes.never : words.nodes.ago(duration(node.silent_seconds));
}

function table(nodes) {
  const w = words.nodes;
  rows = new Map();
  const head = [[w.node], [w.role], [w.lag, 'number'], [w.heard]].map(([text, kind]) =>
    element('th', {scope: 'col', class: kind}, text));
  const body = nodes.map(node => {
    const cells = {
      role: element('span', {class: 'chip'}),
      lag: element('td', {class: 'number', 'data-label': w.lag}),
      heard: element('td', {'data-label': w.heard}),
    };
    rows.set(node.node, cells);
    return element('tr', {},
      element('th', {scope: 'row'}, node.node),
      element('td', {'data-label': w.role}, cells.role), cells.lag, cells.heard);
  });
  return element('table', {class: 'nodes'},
    element('caption', {class: 'unseen'}, w.title),
    element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
}

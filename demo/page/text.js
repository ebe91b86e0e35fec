// What people and the bot write, made into nodes. Nothing is ever read as HTML.

import {state, now} from './state.js';

// el makes an element. Children are nodes or texts; what is empty is left out.
export function el(name, props = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'class') e.className = value;
    else if (key.startsWith('on')) e.addEventListener(key.slice(2), value);
    else if (key in e && !key.startsWith('aria') && key !== 'list') e[key] = value;
    else e.setAttribute(key, value === true ? '' : value);
  }
  e.append(...children.flat().filter(c => c !== undefined && c !== null && c !== false && c !== ''));
  return e;
}

// webLink is a link to another page, or its text alone if it leads nowhere safe.
export function webLink(address, ...children) {
  let url;
  try { url = new URL(address); } catch { return el('span', {}, ...children); }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return el('span', {}, ...children);
  return el('a', {href: url.href, target: '_blank', rel: 'noopener noreferrer'}, ...children);
}

const inside = '((?:\\\\.|[^\\\\])+?)'; // of marks; what has a backslash does not end it

// marks are tried in this order where a text goes on.
const marks = [
  [/^\\([^\w\s])/, m => m[1]],
  [/^``(.+?)``|^`([^`]+)`/s, m => el('code', {}, m[1] ?? m[2])],
  [new RegExp(`^\\*\\*\\*${inside}\\*\\*\\*`, 's'), m => el('strong', {}, el('em', {}, inline(m[1])))],
  [new RegExp(`^\\*\\*${inside}\\*\\*(?!\\*)`, 's'), m => el('strong', {}, inline(m[1]))],
  [new RegExp(`^__${inside}__(?!_)`, 's'), m => el('u', {}, inline(m[1]))],
  [new RegExp(`^~~${inside}~~`, 's'), m => el('s', {}, inline(m[1]))],
  [new RegExp(`^\\|\\|${inside}\\|\\|`, 's'), m => spoiler(m[1])],
  [new RegExp(`^\\*(?!\\s)${inside}\\*(?!\\*)`, 's'), m => el('em', {}, inline(m[1]))],
  [new RegExp(`^_(?!\\s)${inside}_(?!\\w)`, 's'), m => el('em', {}, inline(m[1]))],
  [/^\[((?:\\.|[^\]\\])+)\]\((https?:\/\/[^\s)]+)\)/, m => webLink(m[2], inline(m[1]))],
  [/^<(https?:\/\/[^>\s]+)>/, m => webLink(m[1], m[1])],
  [/^https?:\/\/[^\s<]*[^\s<.,;:!?)'"\]]/, m => webLink(m[0], m[0])],
  [/^<@!?(\d+)>/, m => mention('@' + nameOf(m[1]), m[1] === state.world.me)],
  [/^<@&(\d+)>/, m => mention('@' + (state.world.roles.find(r => r.id === m[1])?.name ?? 'a role'))],
  [/^<#(\d+)>/, m => mention(channelName(state.world.channels.find(c => c.id === m[1])))],
  [/^@(?:everyone|here)\b/, m => mention(m[0])],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, m => time(Number(m[1]) * 1000, m[2] ?? 'f')],
  [/^<\/([^:>]+):\d+>/, m => mention('/' + m[1])],
];

// line shows a text that is one line, as a title: it is no list, and has no marks.
export const line = text => el('span', {}, inline(text)).textContent;

function inline(text) {
  const nodes = [];
  let plain = '', before = '';
  const flush = () => { if (plain) nodes.push(plain); plain = ''; };
  while (text) {
    const word = /\w$/.test(before); // a mark within a word is none
    let step;
    for (const [pattern, make] of marks) {
      const m = text.match(pattern);
      if (!m || word && (text[0] === '_' || text[0] === 'h' || text[0] === '@')) continue;
      flush();
      nodes.push(make(m));
      step = m[0];
      break;
    }
    if (!step) plain += step = text[0];
    before = step;
    text = text.slice(step.length);
  }
  flush();
  return nodes;
}

function spoiler(text) {
  const b = el('button', {type: 'button', class: 'spoiler', 'aria-label': 'Hidden text: press to read'}, el('span', {}, inline(text)));
  b.addEventListener('click', () => { b.classList.add('open'); b.removeAttribute('aria-label'); });
  return b;
}

function mention(name, mine) { return el('span', {class: mine ? 'mention mine' : 'mention'}, name); }

export function nameOf(id) {
  const w = state.world;
  return (w.bot.id === id ? w.bot : w.people.find(p => p.id === id))?.name ?? 'somebody';
}

export function channelName(c) { return !c ? '#a channel' : c.direct ? c.name : '#' + c.name; }

const utc = options => new Intl.DateTimeFormat('en-GB', {timeZone: 'UTC', ...options});
const formats = {
  t: utc({timeStyle: 'short'}), T: utc({timeStyle: 'medium'}), d: utc({dateStyle: 'short'}), D: utc({dateStyle: 'long'}),
  f: utc({dateStyle: 'long', timeStyle: 'short'}), F: utc({dateStyle: 'full', timeStyle: 'short'}),
};
const relative = new Intl.RelativeTimeFormat('en', {numeric: 'auto'});
const units = [['year', 31536e6], ['month', 2592e6], ['day', 864e5], ['hour', 36e5], ['minute', 6e4], ['second', 1e3]];

export function ago(at) {
  const d = at - now();
  const [unit, size] = units.find(([, size]) => Math.abs(d) >= size) ?? units.at(-1);
  return relative.format(Math.trunc(d / size), unit);
}

export function format(at, style) { return style === 'R' ? ago(at) : formats[style].format(at); }

const zoned = /[tTfF]/; // that tell the hour

// time is a moment as Discord's applications show it; times that are told by how
// long ago they are go on.
export function time(at, style) {
  return el('time', {dateTime: new Date(at).toISOString(), title: formats.F.format(at) + ' UTC', 'data-at': style === 'R' && String(at)}, format(at, style) + (zoned.test(style) ? ' UTC' : ''));
}

export function refreshTimes(root) {
  for (const t of root.querySelectorAll('time[data-at]')) {
    const text = ago(Number(t.dataset.at));
    if (t.textContent !== text) t.textContent = text;
  }
}

// blocks are tried at the beginning of a line.
const blocks = [
  [/^(#{1,3}) (.+)/, m => el('p', {class: 'head' + m[1].length}, inline(m[2]))],
  [/^-# (.+)/, m => el('p', {class: 'small'}, inline(m[1]))],
];

// markdown shows a text as Discord's Markdown has it.
export function markdown(text) {
  const root = el('div', {class: 'text'});
  text.split(/```(?:[\w+-]*\n)?([\s\S]*?)```/).forEach((part, i) => {
    if (i % 2) root.append(el('pre', {}, el('code', {}, part.replace(/\n$/, ''))));
    else paragraphs(root, part);
  });
  return root;
}

function paragraphs(root, text) {
  let open = null, kind = '';
  const into = (name, make) => {
    if (kind !== name) { open = make(); kind = name; root.append(open); }
    return open;
  };
  for (const line of text.replace(/^\n|\n$/g, '').split('\n')) {
    const block = blocks.map(([p, make]) => [line.match(p), make]).find(([m]) => m);
    const item = line.match(/^\s*(?:[-*]|(\d+)\.) (.+)/), quote = line.match(/^> ?(.*)/);
    if (block) {
      root.append(block[1](block[0]));
      kind = '';
    } else if (item) {
      into(item[1] ? 'ol' : 'ul', () => el(item[1] ? 'ol' : 'ul', {start: item[1] && Number(item[1])})).append(el('li', {}, inline(item[2])));
    } else if (quote) {
      into('quote', () => el('blockquote')).append(el('p', {}, inline(quote[1])));
    } else if (!line.trim()) {
      kind = '';
    } else {
      const p = into('p', () => el('p'));
      if (p.childNodes.length) p.append(el('br'));
      p.append(...inline(line));
    }
  }
}

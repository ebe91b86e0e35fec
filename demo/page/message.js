// One message, as its reader sees it.

import {el, webLink, markdown, line, nameOf, format, time} from './text.js';
import {state} from './state.js';

const styles = {1: 'primary', 3: 'good', 4: 'bad'};

// avatar is a picture of somebody: the bot's, or a letter.
export function avatar(id) {
  if (id === state.world.bot.id) return el('img', {class: 'avatar', src: 'icon.svg', alt: ''});
  const i = state.world.people.findIndex(p => p.id === id);
  return el('span', {class: 'avatar hue' + i, 'aria-hidden': 'true'}, nameOf(id).slice(0, 1).toUpperCase());
}

// render makes the node of a message. Of what the reader does with it, on tells
// the page.
export function render(m, compact, on) {
  const bot = m.author === state.world.bot.id;
  const node = el('article', {
    class: ['message', compact && 'compact', m.pings && 'pings', m.ephemeral && 'ephemeral'].filter(Boolean).join(' '),
    'data-id': m.id, 'aria-label': `${nameOf(m.author)}, ${format(m.at, 't')}`,
  });
  if (m.command && m.asked_by) {
    node.append(el('p', {class: 'context'}, el('strong', {}, nameOf(m.asked_by)), ' used ', el('span', {class: 'mention'}, (m.command.includes(' ') && /^[A-Z]/.test(m.command) ? '' : '/') + m.command)));
  } else if (m.answers) {
    node.append(el('p', {class: 'context'}, m.answers.author
      ? [el('span', {class: 'hidden'}, 'In reply to '), el('strong', {}, nameOf(m.answers.author)), ' ', el('span', {class: 'quoted'}, line((m.answers.text ?? '').replace(/^(?:#{1,3}|-#|>) /, '')))]
      : 'In reply to a message that is not shown'));
  }
  const body = el('div', {class: 'body'});
  if (!compact) {
    node.append(avatar(m.author));
    body.append(el('p', {class: 'who'},
      el('strong', {}, nameOf(m.author)), bot && el('span', {class: 'badge'}, 'bot'),
      el('time', {dateTime: new Date(m.at).toISOString(), title: format(m.at, 'F') + ' UTC'}, format(m.at, 't'))));
  }
  if (m.thinking) body.append(el('p', {class: 'thinking'}, el('span', {class: 'dots', 'aria-hidden': 'true'}, el('i'), el('i'), el('i')), nameOf(m.author) + ' is thinking…'));
  if (m.content) {
    const text = markdown(m.content);
    if (m.edited && !bot) (text.lastElementChild?.tagName === 'P' ? text.lastElementChild : text).append(' ', el('small', {class: 'edited'}, '(edited)'));
    body.append(text);
  }
  for (const e of m.embeds ?? []) body.append(embed(e, m.attachments));
  const shown = (m.embeds ?? []).flatMap(e => [e.image?.url, e.thumbnail?.url]);
  for (const a of m.attachments ?? []) if (!shown.includes(a.url)) body.append(attachment(a));
  for (const row of m.components ?? []) body.append(component(row, m, on));
  if (m.ephemeral) body.append(el('p', {class: 'only-you'}, eye(), 'Only you can see this'));
  node.append(body);
  if (!m.ephemeral) {
    node.append(el('button', {
      type: 'button', class: 'more', 'aria-haspopup': 'menu', 'aria-label': `What can be done with this message of ${nameOf(m.author)}`,
      'data-key': 'more', onclick: e => on.menu(m, e.currentTarget),
    }, el('span', {'aria-hidden': 'true'}, '⋯')));
    node.addEventListener('contextmenu', e => {
      if (e.target.closest('a, button, select, img') || String(getSelection())) return;
      e.preventDefault();
      on.menu(m, node.querySelector('.more'));
    });
  }
  return node;
}

function eye() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z');
  svg.append(path);
  return svg;
}

function embed(e, attachments) {
  const node = el('section', {class: 'embed', 'aria-label': e.title ? line(e.title) : undefined});
  if (e.color) node.style.setProperty('--edge', '#' + e.color.toString(16).padStart(6, '0'));
  if (e.thumbnail) node.append(picture(e.thumbnail.url, attachments, 'thumbnail'));
  if (e.author) node.append(el('p', {class: 'embed-author'}, e.author.url ? webLink(e.author.url, e.author.name) : e.author.name));
  if (e.title) node.append(el('h3', {}, e.url ? webLink(e.url, line(e.title)) : line(e.title)));
  if (e.description) node.append(markdown(e.description));
  if (e.fields?.length) {
    node.append(el('dl', {}, e.fields.map(f => el('div', {class: f.inline ? 'inline' : ''}, el('dt', {}, line(f.name)), el('dd', {}, markdown(f.value))))));
  }
  if (e.image) node.append(picture(e.image.url, attachments, 'image'));
  if (e.footer || e.timestamp) {
    node.append(el('p', {class: 'foot'}, e.footer?.text, e.footer && e.timestamp && ' · ', e.timestamp && time(Date.parse(e.timestamp), 'f')));
  }
  return node;
}

// picture shows one of this demo's own files; no other is loaded.
function picture(url, attachments, kind) {
  const file = attachments?.find(a => a.url === url);
  return el('a', {class: kind, href: url, target: '_blank', rel: 'noopener'}, el('img', {src: url, alt: file?.description ?? 'A picture without a description', ...room(file)}));
}

const highest = 380; // pixels, of a picture in the log

// room is what a picture takes, so that nothing moves when it arrives.
function room(file) {
  if (!file?.width) return {};
  const scale = Math.min(1, highest / file.height);
  return {width: Math.round(file.width * scale), height: Math.round(file.height * scale)};
}

function attachment(a) {
  if (a.content_type?.startsWith('image/')) return picture(a.url, [a], 'image');
  return el('p', {class: 'file'}, el('a', {href: a.url, download: a.filename}, a.filename), el('small', {}, size(a.size)));
}

const size = n => n < 1000 ? n + ' bytes' : n < 1e6 ? Math.round(n / 1e3) + ' kB' : (n / 1e6).toFixed(1) + ' MB';

// component shows a row of buttons, or a menu.
function component(c, m, on) {
  switch (c.type) {
  case 1:
    return el('div', {class: 'row'}, (c.components ?? []).map(inner => component(inner, m, on)));
  case 2: {
    const label = [c.emoji?.name, c.label].filter(Boolean).join(' ');
    if (c.style === 5) return webLink(c.url, label);
    return el('button', {type: 'button', class: 'choice ' + (styles[c.style] ?? ''), disabled: c.disabled, 'data-key': c.custom_id, onclick: e => on.click(m, c, e.currentTarget)}, label);
  }
  case 10:
    return markdown(c.content);
  default: {
    const select = menu(c);
    select.setAttribute('aria-label', c.placeholder || 'Choose');
    select.dataset.key = c.custom_id;
    if (!c.options?.some(o => o.default) && !select.multiple) select.prepend(el('option', {value: '', disabled: true, selected: true}, c.placeholder || 'Choose'));
    select.addEventListener('change', () => on.select(m, c, [...select.selectedOptions].map(o => o.value), select));
    return select;
  }
  }
}

// menu is a menu with what may be chosen of it.
export function menu(c) {
  const w = state.world;
  const people = w.people.map(p => ({label: p.name, value: p.id})), roles = w.roles.map(r => ({label: '@' + r.name, value: r.id}));
  const options = {
    5: people, 6: roles, 7: [...people, ...roles], 8: w.channels.filter(ch => !ch.direct).map(ch => ({label: '#' + ch.name, value: ch.id})),
  }[c.type] ?? c.options ?? [];
  return el('select', {multiple: (c.max_values ?? 1) > 1, disabled: c.disabled, size: (c.max_values ?? 1) > 1 ? Math.min(options.length, 6) : undefined},
    options.map(o => el('option', {value: o.value, selected: o.default, title: o.description}, o.description ? `${o.label} – ${o.description}` : o.label)));
}

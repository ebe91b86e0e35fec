// The page: a chat as one person sees it, who can be changed at any time.

import {el, markdown, channelName, nameOf, format, refreshTimes} from './text.js';
import {render, avatar} from './message.js';
import {openModal, openMenu, dialog} from './forms.js';
import {Composer} from './composer.js';
import {state, act, post, me, channel, sorted, saw, unseen, later, now} from './state.js';
import {examples} from './examples.js';

const $ = id => document.getElementById(id);

function notice(text) {
  $('notice').textContent = text;
  $('notice').hidden = !text;
}

// announce tells those who do not see the page.
function announce(text) { $('status').textContent = text; }

// attempt does something and says whether that worked; if not, the person is told
// why.
async function attempt(run) {
  notice('');
  try { await answered(await run()); return true; } catch (err) { notice(err.message); return false; }
}

// answered goes on from what came of an act.
function answered(done) { if (done?.modal) openModal(done.modal, answered); }

const composer = new Composer({notice, answered});

const on = {
  click: (m, c, button) => {
    if (button.ariaBusy === 'true') return; // disabled it would lose the focus
    button.ariaBusy = 'true';
    attempt(() => act('click', {message: m.id, custom_id: c.custom_id})).finally(() => { button.ariaBusy = null; });
  },
  select: (m, c, values) => attempt(() => act('select', {message: m.id, custom_id: c.custom_id, values})),
  menu: (m, button) => {
    const items = [['Reply', () => composer.replyTo(m)]];
    if (m.author === state.world.me) {
      items.push(['Edit', () => edit(m)], ['Delete', () => attempt(() => act('delete', {message: m.id}))]);
    }
    for (const c of channel().commands.filter(c => c.type === 3)) items.push([c.name, () => attempt(() => act('menu', {message: m.id, command: c.name}))]);
    openMenu(button, 'What can be done with this message', items);
  },
};

function edit(m) {
  const text = el('textarea', {id: 'edited', rows: 4, maxLength: 2000, value: m.content, required: true});
  dialog('Edit your message', el('p', {class: 'field'}, el('label', {htmlFor: 'edited'}, 'Message'), text), 'Save', () => act('edit', {message: m.id, text: text.value}));
}

// The stream of what the person sees.

let stream;

function be(key, where) {
  stream?.close();
  state.key = key;
  state.world = null;
  state.messages = new Map();
  state.wanted = where;
  $('log').replaceChildren();
  notice('');
  stream = new EventSource(`/chat/${key}/events`);
  stream.addEventListener('world', e => {
    const first = !state.world;
    state.world = JSON.parse(e.data);
    if (first) {
      announce(`You are ${me().name} now, ${me().role}`);
      const wanted = state.world.channels.find(c => slug(c) === state.wanted);
      open((wanted ?? state.world.channels[0]).id);
    }
    showPlaces();
  });
  stream.addEventListener('messages', e => take(JSON.parse(e.data)));
  stream.addEventListener('open', () => { // again, perhaps: then all is sent anew
    document.body.classList.remove('away');
    state.messages.clear();
  });
  stream.addEventListener('error', () => {
    document.body.classList.add('away');
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => be(key, slug(channel() ?? {name: ''})), 2000);
  });
}

const slug = c => c.direct ? 'direct' : c.name;

function take(diff) {
  const had = state.messages.has(diff.channel);
  const list = state.messages.get(diff.channel) ?? new Map();
  state.messages.set(diff.channel, list);
  for (const id of diff.gone ?? []) list.delete(id);
  for (const m of diff.put ?? []) {
    const fresh = !list.has(m.id);
    list.set(m.id, m);
    if (had && fresh && m.channel !== state.channel && m.author !== state.world.me) {
      announce(`New in ${channelName(state.world.channels.find(c => c.id === m.channel))}, by ${nameOf(m.author)}`);
    }
  }
  if (diff.channel === state.channel) showLog(had ? diff : null);
  showPlaces();
}

// The log.

const gap = 5 * 60 * 1000; // after which a message of the same person has a head again

function showLog(diff) {
  const log = $('log'), scroll = $('scroll'), list = sorted(state.channel);
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  const focused = document.activeElement?.closest?.('.message') && [document.activeElement.closest('.message').dataset.id, document.activeElement.dataset.key];
  const changed = new Set(diff?.put?.map(m => m.id));
  const old = new Map([...log.querySelectorAll('.message')].map(n => [n.dataset.id, n]));
  log.setAttribute('aria-live', diff ? 'polite' : 'off');
  const nodes = [];
  let before = null;
  if (!list.length) nodes.push(el('p', {class: 'empty'}, channel().direct ? 'Write to the bot here, and it answers you alone. Its job alerts arrive here, too.' : 'Nothing was written here yet.'));
  for (const m of list) {
    if (!before || new Date(before.at).getUTCDate() !== new Date(m.at).getUTCDate() || m.at - before.at > 864e5) {
      const day = format(m.at, 'D');
      nodes.push(log.querySelector(`.day[data-day="${day}"]`) ?? el('p', {class: 'day', 'data-day': day}, el('span', {}, day)));
      before = null;
    }
    const compact = before && before.author === m.author && m.at - before.at < gap && !m.command && !m.answers && !before.ephemeral && !m.ephemeral;
    let node = old.get(m.id);
    if (!node || changed.has(m.id) || node.classList.contains('compact') !== !!compact) node = render(m, compact, on);
    nodes.push(node);
    before = m;
  }
  const keep = new Set(nodes);
  for (const n of [...log.children]) if (!keep.has(n)) n.remove();
  nodes.forEach((n, i) => { if (log.children[i] !== n) log.insertBefore(n, log.children[i] ?? null); });
  if (focused && document.activeElement === document.body) {
    const node = log.querySelector(`[data-id="${focused[0]}"]`);
    ([...node?.querySelectorAll('[data-key]') ?? []].find(b => b.dataset.key === focused[1]) ?? node?.querySelector('button, a, select') ?? composer.text).focus({preventScroll: true});
  }
  const fresh = list.find(m => !old.has(m.id));
  const mine = fresh && (fresh.ephemeral || [fresh.author, fresh.asked_by, fresh.answers?.author].includes(state.world.me));
  if (!diff || fresh && mine || atEnd) toEnd(diff && fresh && log.querySelector(`[data-id="${fresh.id}"]`));
  const last = list.at(-1)?.id;
  if (!document.hidden) saw(state.key, state.channel, last);
}

// toEnd shows the end of the log, or as much of it as begins with a message.
function toEnd(from) {
  requestAnimationFrame(() => {
    const scroll = $('scroll'), end = scroll.scrollHeight - scroll.clientHeight;
    scroll.scrollTop = from?.isConnected ? Math.min(end, from.offsetTop - scroll.offsetTop - 10) : end;
  });
}

// While the end is shown it stays so, also when a picture arrives.
let ended = true;
$('scroll').addEventListener('scroll', () => { ended = $('scroll').scrollHeight - $('scroll').scrollTop - $('scroll').clientHeight < 40; });
new ResizeObserver(() => { if (ended) toEnd(); }).observe($('log'));

// Places and people.

function open(id) {
  state.channel = id;
  const c = channel();
  $('where').textContent = channelName(c);
  $('topic').textContent = c.topic;
  document.title = `${channelName(c)} · ${me().name} · Careerbot demo`;
  history.replaceState(null, '', `#${state.key}/${slug(c)}`);
  $('log').replaceChildren();
  composer.open();
  if (state.messages.has(id)) showLog(null);
  showPlaces();
  closeDrawers();
}

function showPlaces() {
  if (!state.world) return;
  const choosing = document.activeElement?.name === 'person';
  $('people').replaceChildren($('people').firstElementChild, ...state.world.people.map(p => el('label', {class: 'person'},
    el('input', {type: 'radio', name: 'person', value: p.key, checked: p.key === state.key, onchange: () => be(p.key, slug(channel()))}),
    avatar(p.id), el('span', {}, el('strong', {}, p.name), el('small', {}, p.role)),
    p.key !== state.key && unseen(p.key, 'news', p.news) && el('span', {class: 'dot', title: 'Something new for them'}, el('span', {class: 'hidden'}, 'has something new')))));
  if (choosing) document.querySelector('[name="person"]:checked').focus();
  const mine = me();
  saw(state.key, 'news', mine.news);
  const focused = document.activeElement?.dataset?.channel;
  $('channels').replaceChildren(...state.world.channels.map(c => {
    const fresh = sorted(c.id).filter(m => m.author !== state.world.me && unseen(state.key, c.id, m.id) && c.id !== state.channel);
    const loud = fresh.filter(m => c.direct || m.pings).length;
    return el('li', {}, el('button', {
      type: 'button', 'data-channel': c.id, class: fresh.length ? 'fresh' : '', 'aria-current': c.id === state.channel ? 'page' : undefined, onclick: () => open(c.id),
    }, el('span', {class: 'sign', 'aria-hidden': 'true'}, c.direct ? avatar(state.world.bot.id) : '#'), el('span', {}, c.name, c.direct && el('small', {}, ' direct')),
    fresh.length > 0 && el('span', {class: loud ? 'count' : 'hidden'}, loud ? String(loud) : '', el('span', {class: 'hidden'}, ' new'))));
  }));
  $('open-side').classList.toggle('news', !!$('channels').querySelector('.count'));
  if (focused) document.querySelector(`[data-channel="${focused}"]`)?.focus();
  showClock();
}

function showClock() {
  if (!state.world) return;
  const at = now();
  $('clock').textContent = new Intl.DateTimeFormat('en-GB', {timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'}).format(at);
  $('clock').dateTime = new Date(at).toISOString();
}
setInterval(() => { showClock(); refreshTimes($('log')); }, 5000);

// The controls of the demo.

for (const [id, address, said] of [['nine', '/nine', 'It is nine o’clock.'], ['post-job', '/post-job', 'A new job was posted.']]) {
  $(id).addEventListener('click', async () => {
    $(id).setAttribute('aria-busy', 'true');
    announce('');
    if (await attempt(() => post(address))) announce(said);
    $(id).removeAttribute('aria-busy');
  });
}

// Things to try.

// arrive waits until the person sees their channels.
function arrive(key, where) {
  if (state.key === key && state.world && slug(channel()) === where) return Promise.resolve();
  if (state.key === key && state.world) { open(state.world.channels.find(c => slug(c) === where).id); return Promise.resolve(); }
  be(key, where);
  return new Promise(done => stream.addEventListener('messages', done, {once: true}));
}

const stage = {
  arrive, post, now,
  say: text => act('say', {channel: state.channel, text: composer.mentioned(text)}),
  slash: async (command, options) => answered(await act('slash', {channel: state.channel, command, options})),
};

$('examples').append(...examples.map(ex => {
  const b = el('button', {type: 'button', onclick: async () => {
    closeDrawers();
    notice('');
    b.setAttribute('aria-busy', 'true');
    try { await ex.run(stage); b.classList.add('done'); } catch (err) { notice(err.message); }
    b.removeAttribute('aria-busy');
  }}, el('strong', {}, ex.title), el('span', {}, ex.what));
  return el('li', {}, b);
}));

// Drawers of narrow pages.

const drawers = [['open-side', 'side'], ['open-try', 'try']], main = document.querySelector('main');

// closeDrawers closes the drawer that is open. The focus goes back to what opened
// it, or to where one writes.
function closeDrawers(back) {
  main.inert = false;
  $('veil').hidden = true;
  for (const [button, drawer] of drawers) {
    if (!$(drawer).classList.contains('open')) continue;
    $(drawer).classList.remove('open');
    $(button).setAttribute('aria-expanded', 'false');
    (back ? $(button) : composer.text).focus();
  }
}

for (const [button, drawer] of drawers) {
  $(button).addEventListener('click', () => {
    $(drawer).classList.add('open');
    $(button).setAttribute('aria-expanded', 'true');
    $('veil').hidden = false;
    main.inert = true;
    $(drawer).querySelector('button, input:checked')?.focus();
  });
}
$('veil').addEventListener('click', () => closeDrawers(true));
addEventListener('keydown', e => { if (e.key === 'Escape' && main.inert) closeDrawers(true); });
matchMedia('(max-width: 1180px)').addEventListener('change', () => closeDrawers(true));
document.addEventListener('visibilitychange', () => { if (!document.hidden && state.world) saw(state.key, state.channel, sorted(state.channel).at(-1)?.id); });

const [key, where] = location.hash.slice(1).split('/');
be(['asha', 'ravi', 'meera'].includes(key) ? key : 'asha', where || 'general');
composer.text.focus();

// Where the visitor writes: a message, or a command with its options.

import {el, nameOf, channelName} from './text.js';
import {Suggestions} from './forms.js';
import {state, act, channel} from './state.js';

const $ = id => document.getElementById(id);

// commands lists what may be typed after a slash here: commands, each of their
// subcommands for itself.
function commands() {
  const list = [];
  for (const c of channel()?.commands ?? []) {
    if (c.type !== 1) continue;
    const subs = (c.options ?? []).filter(o => o.type <= 2);
    if (!subs.length) list.push({name: c.name, description: c.description, options: c.options ?? []});
    for (const s of subs) list.push({name: c.name + ' ' + s.name, description: s.description, options: s.options ?? []});
  }
  return list.sort((a, b) => a.name.includes(' ') - b.name.includes(' ')); // those that one gives most are single words
}

export class Composer {
  // on has notice(text), answered(what came of an act) and said().
  constructor(on) {
    this.on = on;
    this.text = $('text');
    this.suggestions = new Suggestions($('suggestions'));
    this.files = [];
    this.drafts = new Map(); // by person and channel, while another is open
    this.suggestions.attach(this.text, () => this.suggest(), item => item.take());
    this.text.addEventListener('keydown', e => {
      this.shift = e.shiftKey;
      if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
        e.preventDefault();
        $('composer').requestSubmit();
      }
      if (e.key === 'Escape') this.replyTo(null);
    });
    this.text.addEventListener('beforeinput', e => { if (e.inputType === 'insertLineBreak' && !this.shift) e.preventDefault(); });
    this.text.addEventListener('input', () => this.grow());
    // Enter is taken when it goes down. What remains of it must not give the
    // command that it has chosen.
    $('composer').addEventListener('keypress', e => { if (e.key === 'Enter' && e.target.matches('input, select')) e.preventDefault(); });
    $('composer').addEventListener('keydown', e => {
      if (!this.command || e.defaultPrevented) return;
      if (e.key === 'Escape') { this.close(); this.text.focus(); }
      if (e.key === 'Enter' && e.target.matches('input, select, #command')) { e.preventDefault(); this.send(); }
    });
    $('composer').addEventListener('submit', e => { e.preventDefault(); this.send(); });
    $('files').addEventListener('change', () => {
      this.files.push(...$('files').files);
      $('files').value = '';
      this.showFiles();
      this.text.focus();
    });
  }

  // open makes it ready for the channel that was opened.
  open() {
    this.close();
    this.replyTo(null);
    const place = state.key + '/' + state.channel;
    if (this.place) {
      this.drafts.set(this.place, {text: this.text.value, files: this.files});
      this.draft(this.drafts.get(place));
    }
    this.place = place;
    this.text.placeholder = 'Write to ' + channelName(channel());
    $('text-label').textContent = 'Message to ' + channelName(channel());
  }

  // draft shows what was written before, or nothing.
  draft({text, files} = {text: '', files: []}) {
    this.text.value = text;
    this.files = files;
    this.grow();
    this.showFiles();
  }

  grow() {
    this.text.style.height = '';
    if (!this.text.value) return;
    this.text.style.height = Math.min(this.text.scrollHeight, 180) + 'px';
  }

  suggest() {
    const text = this.text.value, command = text.match(/^\/(.*)$/);
    if (command) {
      const typed = command[1].toLowerCase(), all = commands();
      const exact = all.find(c => typed.startsWith(c.name + ' '));
      if (exact) { this.fill(exact, {}, command[1].slice(exact.name.length + 1)); return []; }
      const begins = all.filter(c => c.name.startsWith(typed)), holds = all.filter(c => !c.name.startsWith(typed) && (c.name + ' ' + c.description).toLowerCase().includes(typed));
      return [...begins, ...holds].map(c => ({label: '/' + c.name, hint: c.description, take: () => this.fill(c)}));
    }
    const before = text.slice(0, this.text.selectionStart).match(/(^|\s)@(\w*)$/);
    if (!before) return [];
    const w = state.world;
    return [w.bot, ...w.people].filter(p => p.name.toLowerCase().startsWith(before[2].toLowerCase())).map(p => ({
      label: '@' + p.name, hint: p.role === 'app' ? 'the bot' : p.role,
      take: () => {
        const at = this.text.selectionStart - before[2].length;
        this.text.setRangeText(p.name + ' ', at, this.text.selectionStart, 'end');
        this.text.focus();
      },
    }));
  }

  // mentioned puts IDs in the place of names.
  mentioned(text) {
    const w = state.world;
    for (const p of [w.bot, ...w.people]) text = text.replace(new RegExp(`(^|[^\\w@])@${p.name}\\b`, 'gi'), `$1<@${p.id}>`);
    return text;
  }

  replyTo(m) {
    this.target = m;
    const bar = $('reply-to');
    bar.hidden = !m;
    if (!m) return;
    bar.replaceChildren(
      el('span', {}, 'Reply to ', el('strong', {}, nameOf(m.author))),
      el('label', {}, el('input', {type: 'checkbox', id: 'ping', checked: true}), 'notify them'),
      el('button', {type: 'button', class: 'icon', 'aria-label': 'Do not reply', onclick: () => { this.replyTo(null); this.text.focus(); }}, '×'));
    this.close();
    this.text.focus();
  }

  showFiles() {
    const list = $('chosen');
    list.hidden = !this.files.length;
    list.replaceChildren(...this.files.map((f, i) => el('li', {}, f.name,
      el('button', {type: 'button', class: 'icon', 'aria-label': 'Leave out ' + f.name, onclick: () => { this.files.splice(i, 1); this.showFiles(); this.text.focus(); }}, '×'))));
  }

  async send() {
    if (this.command) return this.give();
    const text = this.text.value.trim();
    if (!text && !this.files.length) return;
    const what = {channel: state.channel, text: this.mentioned(text)};
    if (this.target) Object.assign(what, {message: this.target.id, ping: $('ping').checked});
    const place = this.place;
    await this.try(async () => {
      await act('say', what, this.files.map(f => ['file', f]));
      this.drafts.delete(place);
      if (this.place !== place) return; // another was opened meanwhile
      this.draft();
      this.replyTo(null);
    });
    if ([document.body, $('send')].includes(document.activeElement)) this.text.focus();
  }

  // try does something once at a time, and tells what goes wrong.
  async try(do_) {
    if (this.busy) return;
    this.busy = true;
    this.on.notice('');
    try { await do_(); } catch (err) { this.on.notice(err.message); }
    this.busy = false;
  }

  // fill puts a command in the place of the message, with fields for its options.
  fill(command, values = {}, first = '') {
    this.command = command;
    this.text.value = '';
    this.inputs = {};
    $('typing').hidden = true;
    $('attach').hidden = true;
    const form = $('command');
    form.hidden = false;
    form.setAttribute('aria-label', '/' + command.name);
    const shown = command.options.filter((o, i) => o.required || o.name in values || i === 0), rest = command.options.filter(o => !shown.includes(o));
    this.fields = el('div', {class: 'options'});
    this.others = el('div', {class: 'others'});
    form.replaceChildren(
      el('p', {class: 'command-name'}, el('strong', {}, '/' + command.name), el('span', {}, command.description),
        el('button', {type: 'button', class: 'icon', 'aria-label': 'Leave the command', onclick: () => { this.close(); this.text.focus(); }}, '×')),
      this.fields, this.others);
    for (const o of shown) this.addOption(o, values[o.name]);
    for (const o of rest) {
      const add = el('button', {type: 'button', title: o.description, onclick: () => { add.remove(); this.addOption(o).focus(); }}, '+ ' + o.name);
      this.others.append(add);
    }
    if (first && shown[0]) this.inputs[shown[0].name].value = first;
    if (!command.options.length) this.fields.append(el('small', {}, 'It needs nothing more. ', el('kbd', {}, 'Enter'), ' gives it, ', el('kbd', {}, 'Esc'), ' leaves it.'));
    // Not the button to send: the next space would press it.
    (Object.values(this.inputs).find(i => !i.value) ?? form).focus();
  }

  addOption(o, value) {
    const id = 'option-' + o.name, input = this.input(o);
    input.id = id;
    input.required = !!o.required;
    input.setAttribute('aria-describedby', id + '-hint');
    if (value !== undefined) input.value = value;
    this.inputs[o.name] = input;
    this.fields.append(el('div', {class: 'option'}, el('label', {htmlFor: id}, o.name, !o.required && el('span', {class: 'hidden'}, ', may stay empty')), input, el('small', {id: id + '-hint'}, o.description)));
    if (o.autocomplete) {
      this.suggestions.attach(input, () => this.complete(o), item => { input.value = item.label; input.dataset.value = item.value; input.dataset.label = item.label; });
    }
    return input;
  }

  input(o) {
    const w = state.world;
    const choose = list => el('select', {}, el('option', {value: ''}, '–'), list.map(c => el('option', {value: c.value}, c.name)));
    if (o.choices?.length) return choose(o.choices);
    switch (o.type) {
    case 4: case 10: return el('input', {type: 'number', step: o.type === 4 ? '1' : 'any', min: o.min_value, max: o.max_value});
    case 5: return choose([{name: 'yes', value: 'true'}, {name: 'no', value: 'false'}]);
    case 6: return choose(w.people.map(p => ({name: p.name, value: p.id})));
    case 7: return choose(w.channels.filter(c => !c.direct).map(c => ({name: '#' + c.name, value: c.id})));
    case 8: return choose(w.roles.map(r => ({name: '@' + r.name, value: r.id})));
    case 11: return el('input', {type: 'file'});
    default: return el('input', {type: 'text', maxLength: o.max_length ?? 6000});
    }
  }

  // given is what was put into the options.
  given() {
    const options = {}, files = [];
    for (const [name, input] of Object.entries(this.inputs)) {
      if (input.type === 'file') files.push(...[...input.files].map(f => [name, f]));
      else if (input.value !== '') options[name] = input.dataset.label === input.value ? input.dataset.value : input.value;
    }
    return {options, files};
  }

  async complete(o) {
    const {options} = this.given();
    options[o.name] = this.inputs[o.name].value;
    try {
      const {choices} = await act('complete', {channel: state.channel, command: this.command.name, options, focused: o.name});
      return (choices ?? []).map(c => ({label: c.name, value: String(c.value)}));
    } catch { return []; } // as in Discord, nothing is offered
  }

  // give gives the command.
  async give() {
    const missing = Object.values(this.inputs).find(i => i.required && !i.value && !i.files?.length);
    if (missing) {
      this.on.notice(`Please fill in ${missing.id.replace('option-', '')}.`);
      return missing.focus();
    }
    const {options, files} = this.given(), name = this.command.name;
    await this.try(async () => {
      const done = await act('slash', {channel: state.channel, command: name, options}, files);
      this.close();
      this.text.focus();
      await this.on.answered(done);
    });
  }

  // close puts the command away.
  close() {
    this.command = null;
    this.suggestions.hide();
    $('command').hidden = true;
    $('typing').hidden = $('attach').hidden = false;
  }
}

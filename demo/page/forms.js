// Dialogs, menus of messages, and what completes an input.

import {el} from './text.js';
import {menu} from './message.js';
import {act, state} from './state.js';

// dialog shows a form over the page until it is sent or left. What fields says is
// shown; send is given the form, and its error is shown in it.
export function dialog(title, fields, button, send) {
  const fault = el('p', {class: 'notice', role: 'alert', hidden: true});
  const submit = el('button', {class: 'primary'}, button);
  const form = el('form', {method: 'dialog', autocomplete: 'off'},
    el('h2', {id: 'dialog-title'}, title), fields, fault,
    el('p', {class: 'actions'}, el('button', {type: 'button', onclick: () => d.close()}, 'Cancel'), submit));
  const d = el('dialog', {'aria-labelledby': 'dialog-title'}, form);
  form.addEventListener('submit', async e => {
    e.preventDefault();
    submit.disabled = true;
    try {
      await send(form);
      d.close();
    } catch (err) {
      fault.textContent = err.message;
      fault.hidden = false;
      submit.disabled = false;
    }
  });
  // Enter sends a form of lines; in a box it makes a new line, and with Ctrl sends.
  form.addEventListener('keydown', e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) form.requestSubmit(); });
  d.addEventListener('close', () => d.remove());
  document.body.append(d);
  d.showModal();
  form.querySelector('input, textarea, select')?.focus();
  return d;
}

// openModal shows a dialog that the bot has opened.
export function openModal(modal, answered) {
  const inputs = [];
  dialog(modal.title, modal.components.map(c => modalField(c, inputs)), 'Send', async form => {
    const fields = {}, files = [];
    for (const {c, input} of inputs) {
      if (c.type === 19) files.push(...[...input.files].map(f => [c.custom_id, f]));
      else if (input.boxes) fields[c.custom_id] = input.boxes.filter(b => b.checked).map(b => b.value);
      else if (input.tagName === 'SELECT') fields[c.custom_id] = [...input.selectedOptions].map(o => o.value).filter(Boolean);
      else fields[c.custom_id] = [input.value];
      if (c.type === 19 && !input.files.length) fields[c.custom_id] = [];
    }
    await answered(await act('submit', {modal: modal.id, fields}, files));
  });
}

let lastID = 0;

function modalField(c, inputs) {
  if (c.type === 10) return el('p', {class: 'text'}, c.content);
  const inner = c.component ?? c.components?.[0];
  if (!inner) return null;
  if ((inner.max_values ?? 1) > 1 && inner.type !== 19) return choices(c, inner, inputs);
  const id = 'field' + ++lastID, hint = c.description && el('small', {id: id + 'h'}, c.description);
  const input = fieldInput(inner);
  input.id = id;
  input.name = inner.custom_id;
  if (hint) input.setAttribute('aria-describedby', id + 'h');
  input.required = inner.required ?? true;
  inputs.push({c: inner, input});
  return el('p', {class: 'field'}, el('label', {htmlFor: id}, c.label ?? inner.label, !input.required && el('span', {class: 'optional'}, ' (may stay empty)')), hint, input);
}

// choices are what one may choose several of: a menu of that kind would take a
// key held down.
function choices(c, inner, inputs) {
  const offered = [...menu(inner).options];
  const boxes = offered.map(o => el('input', {type: 'checkbox', name: inner.custom_id, value: o.value, checked: o.selected}));
  inputs.push({c: inner, input: {boxes}});
  return el('fieldset', {class: 'field'}, el('legend', {}, c.label ?? inner.label, inner.required === false && el('span', {class: 'optional'}, ' (may stay empty)')),
    c.description && el('small', {}, c.description),
    el('div', {class: 'boxes'}, boxes.map((b, i) => el('label', {}, b, offered[i].textContent))));
}

function fieldInput(c) {
  if (c.type === 19) return el('input', {type: 'file', multiple: (c.max_values ?? 1) > 1});
  if (c.type !== 4) {
    const select = menu(c);
    if (!select.multiple && !c.options?.some(o => o.default)) select.prepend(el('option', {value: '', selected: true}, '–'));
    return select;
  }
  const props = {value: c.value ?? '', placeholder: c.placeholder ?? '', maxLength: c.max_length ?? 4000, minLength: c.min_length || undefined};
  return c.style === 2 ? el('textarea', {rows: 4, ...props}) : el('input', {type: 'text', ...props});
}

// openMenu shows a menu beside a button, until something is chosen of it.
export function openMenu(button, label, items) {
  document.querySelector('.menu')?.hidePopover();
  const list = el('div', {class: 'menu', role: 'menu', popover: 'auto', 'aria-label': label}, items.map(([name, run]) =>
    el('button', {type: 'button', role: 'menuitem', tabIndex: -1, onclick: () => { list.hidePopover(); run(); }}, name)));
  list.addEventListener('toggle', e => { if (e.newState === 'closed') { list.remove(); button.setAttribute('aria-expanded', 'false'); } });
  list.addEventListener('keydown', e => {
    const all = [...list.children], at = all.indexOf(document.activeElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1}[e.key];
    if (e.key === 'Tab') list.hidePopover();
    if (to === undefined) return;
    e.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
  button.after(list);
  list.showPopover();
  button.setAttribute('aria-expanded', 'true');
  const at = button.getBoundingClientRect(), r = list.getBoundingClientRect();
  list.style.left = Math.max(8, Math.min(at.right - r.width, innerWidth - r.width - 8)) + 'px';
  list.style.top = Math.max(8, at.bottom + r.height + 8 > innerHeight ? at.top - r.height - 4 : at.bottom + 4) + 'px';
  list.firstChild.focus();
}

// Suggestions complete what is typed into an input, by a list below it.
export class Suggestions {
  constructor(list) {
    this.list = list;
    this.items = [];
    this.turn = 0;
  }

  // attach makes an input show what source offers; choose is given the item, and
  // source is given the input and may take its time.
  attach(input, source, choose) {
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-expanded', 'false');
    input.setAttribute('aria-controls', this.list.id);
    const ask = async () => {
      const turn = ++this.turn, key = state.key;
      const items = await source(input);
      if (turn === this.turn && key === state.key && (document.activeElement === input)) this.show(input, items ?? [], choose);
    };
    input.addEventListener('input', ask);
    input.addEventListener('focus', ask);
    input.addEventListener('blur', () => this.hide());
    input.addEventListener('keydown', e => this.key(e));
  }

  show(input, items, choose) {
    this.items = items;
    this.input = input;
    this.choose = choose;
    this.at = items.length ? 0 : -1;
    this.list.replaceChildren(...items.map((item, i) => el('div', {
      role: 'option', id: 'option' + i, 'aria-selected': 'false',
      onmousedown: e => { e.preventDefault(); this.take(i); },
    }, el('strong', {}, item.label), item.hint && el('span', {}, item.hint))));
    this.list.hidden = !items.length;
    input.setAttribute('aria-expanded', String(items.length > 0));
    this.mark();
  }

  hide() {
    this.turn++;
    this.items = [];
    this.list.hidden = true;
    this.input?.setAttribute('aria-expanded', 'false');
    this.input?.removeAttribute('aria-activedescendant');
  }

  mark() {
    [...this.list.children].forEach((o, i) => o.setAttribute('aria-selected', String(i === this.at)));
    const o = this.list.children[this.at];
    if (!o) return this.input?.removeAttribute('aria-activedescendant');
    this.input.setAttribute('aria-activedescendant', o.id);
    o.scrollIntoView({block: 'nearest'});
  }

  take(i) {
    const item = this.items[i], choose = this.choose;
    this.hide();
    choose(item);
  }

  key(e) {
    if (!this.items.length || e.isComposing) return;
    const n = this.items.length;
    const to = {ArrowDown: (this.at + 1) % n, ArrowUp: (this.at - 1 + n) % n}[e.key];
    if (to !== undefined) this.at = to, this.mark();
    else if ((e.key === 'Enter' || e.key === 'Tab') && this.at >= 0 && !e.shiftKey) this.take(this.at);
    else if (e.key === 'Escape') this.hide();
    else return;
    e.preventDefault();
    e.stopImmediatePropagation();
  }
}

// What the page knows: who the visitor is, and what the server has sent of what
// that person sees.

export const state = {
  key: '',             // of the person
  world: null,         // see world in view.go
  channel: '',         // the ID of the one that is open
  messages: new Map(), // by channel: messages by ID
  seen: JSON.parse(sessionStorage.getItem('seen') ?? '{}'), // by person and channel: the latest ID that was shown
};

export const now = () => Date.now() + (state.world?.ahead ?? 0);

export const me = () => state.world.people.find(p => p.id === state.world.me);
export const channel = () => state.world.channels.find(c => c.id === state.channel);

// later compares IDs, which rise with time.
export const later = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

export function sorted(channel) {
  return [...(state.messages.get(channel)?.values() ?? [])].sort((a, b) => later(a.id, b.id));
}

export function saw(key, channel, id) {
  const at = key + '/' + channel;
  if (!id || later(id, state.seen[at] ?? '') <= 0) return;
  state.seen[at] = id;
  sessionStorage.setItem('seen', JSON.stringify(state.seen));
}

export const unseen = (key, channel, id) => id && later(id, state.seen[key + '/' + channel] ?? '') > 0;

// act does something in the person's name. Files are pairs of a field and a file.
export async function act(name, what, files = []) {
  const form = new FormData();
  form.append('act', JSON.stringify(what));
  for (const [field, file] of files) form.append(field, file, file.name);
  return post(`/chat/${state.key}/${name}`, form);
}

export async function post(address, body) {
  let response, answer;
  try {
    response = await fetch(address, {method: 'POST', body});
    answer = await response.json();
  } catch {
    throw new Error('The demo does not answer. See whether it still runs in your terminal.');
  }
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

// What a newcomer may try first. Each goes where it happens, and does it.

export const examples = [
  {
    title: 'Ask what the job pays', what: 'asha: /ask how much do freshers earn?',
    run: async s => { await s.arrive('asha', 'general'); await s.slash('ask', {question: 'how much do freshers earn?'}); },
  },
  {
    title: 'Go on from there', what: 'asha: @Careerbot and do I need a masters?',
    run: async s => { await s.arrive('asha', 'general'); await s.say('@Careerbot and do I need a masters?'); },
  },
  {
    title: 'Ask what it does not know', what: 'ravi: /ask do back-end developers work night shifts? Then press “Tell me when you know”.',
    run: async s => { await s.arrive('ravi', 'general'); await s.slash('ask', {question: 'do back-end developers work night shifts?'}); },
  },
  {
    title: 'Answer it as a moderator', what: 'meera: /kb queue. If another question is first, press Next until it is ravi’s. Then Answer, Send, Publish: ravi is told.',
    run: async s => { await s.arrive('meera', 'mods'); await s.slash('kb queue', {}); },
  },
  {
    title: 'See how it goes', what: 'meera: /kb insights. What was asked and missed, as a chart.',
    run: async s => { await s.arrive('meera', 'mods'); await s.slash('kb insights', {}); },
  },
  {
    title: 'Look for jobs', what: 'asha: /jobs back-end developer',
    run: async s => { await s.arrive('asha', 'careers'); await s.slash('jobs', {what: 'back-end developer'}); },
  },
  {
    title: 'Be told of new ones', what: 'asha: /subscribe. See what it would have brought, then press Save.',
    run: async s => { await s.arrive('asha', 'careers'); await s.slash('subscribe', {career: 'back-end-developer'}); },
  },
  {
    title: 'Let it be nine o’clock', what: 'The morning’s jobs arrive in asha’s direct messages.',
    run: async s => { await s.post('/nine'); await s.arrive('asha', 'direct'); },
  },
];

// Package knowledge is what the bot knows: articles on occupations, written in
// Markdown with front matter, and the entries that they are made of. It knows
// nothing of Discord, of search or of how a question is understood.
//
// # The format of an article
//
// One occupation is one Markdown file: front matter in YAML, then sections,
// then questions and answers.
//
//	---
//	id: back-end-developer
//	title: Back-end developer
//	aliases: [backend developer, back end engineer]
//	region: India
//	source: {name: "…", url: "", published: "", read: 2026-11-23}
//	facts:
//	  - {kind: average, amount: 486091, currency: INR, per: year, source: Payscale, sentence: "…"}
//	---
//
//	## What is a back-end developer? <!-- topic: overview -->
//
//	A paragraph is a passage.
//
//	- **Apprenticeship:** a bullet is a passage; the bold words are its lead.
//
//	## Questions and answers <!-- topic: faq -->
//
//	### Do I need a master's degree? <!-- id: masters-needed, topic: education, says: no -->
//
//	The answer: paragraphs and bullets.
//
//	Source: Payscale <https://www.payscale.com>
//
//	Also asked:
//
//	- do i need masters for this
//
// A fact may also have upper (the upper end of a range) and date. A section
// opens with its topic; the section on the topic faq holds the questions, and
// its heading is always written "Questions and answers". Says is left out
// where an answer is neither yes nor no, and the line "Source:" where the
// answer comes from the article's own source; an answer with a source of its
// own may tell figures that are no facts of the article.
//
// Lines that follow one another are one paragraph or one bullet, joined by a
// space, and white space within a text counts as one space. Lines may end in
// CRLF and the file may begin with a byte order mark. Markdown within a line
// (emphasis, links, code) is kept as written.
//
// A text that begins like a mark of the format ("#", "- ", "1. ", ">", "|",
// "```", "---", "<!--", "Source:", "Also asked:", and for a passage
// "**Lead:**") has a backslash before it. A backslash before such a beginning,
// or before backslashes before one, is the only one that is taken away; every
// other is part of the text. Within a lead, "*" and "\" have a backslash
// before them.
//
// An entry by itself is written as it stands in its article: see FormatEntry.
package knowledge

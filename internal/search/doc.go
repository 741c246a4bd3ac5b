// Package search finds Chinese text (事项检索) by our own bigrams, on both
// engines with the same words and the same answers.
//
//	Doc ──► words: t残疾 t疾人 t人证 t证   b…   pcanjirenzheng pjirenzheng … pcjrz …
//	              (title)               (body)  (pinyin of the title from every syllable)
//	                     │ written in the document's own transaction
//	                     ▼
//	        SQLite FTS5 (contentless) · PostgreSQL tsvector GIN
//	                     ▲
//	text ──► clauses ──► title, pinyin ──► body if too few ──► sounds alike ──► similar
//	                     └────── exact recheck ──────┘        └── “did you mean” ──┘
//
// A word carries one letter that tells where it stands, so one column and one
// kind of query serve title, body and pinyin. There is no dictionary: a
// segmenter cuts query and document differently and then finds nothing.
//
// Lexicon is the other half: names and daily words of everything, in memory,
// for questions as people ask them.
//
// It never stores bodies, never ranks by who asks, and must not be given
// personal data: words are stored in clear.
package search

// Package notify tells people what happened to their matters (我的消息, 短信、
// 微信、邮件提醒).
//
//	act ── Send(tx) ──► row message (sealed) ──► my messages: List · Unread · MarkRead
//	                └─► row message_delivery + job
//	                          │ after the commit
//	                          ▼
//	   Deliver(job): kind, choice, quiet hours ─► one way ─► text of the way (data) ─► row message_try
//	                          ▲                                       │
//	      failed: the next way│            Provider: SMTP · HTTP (SMS, WeChat) · Spool
//	                          └──────── receipt ◄── Heard(signed letter) ◄──┘
//
// The message in the platform is the notice and is written by the act itself,
// whatever the person chose; what leaves the platform is a short text without
// personal data. The act stores three rows and asks nothing: by which way a
// message leaves, in which language and when, is worked out by the job. A
// delivery goes one way at a time, never twice the same; a try may be sent
// twice after a crash, with the same number, and the provider knows it.
//
// What is said are texts, data of their own: those that ship, then those of the
// city's folder, then what the data steward wrote in the console. A text that
// names a value that there is not, or leaves out one that has to be told, is
// refused before it can be said.
//
// It never decides who is concerned, keeps addresses only sealed, and sends
// nothing from within a transaction. Statutory service of a document (送达) is
// casework's matter, not a message.
package notify

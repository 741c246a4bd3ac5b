// Package notify tells people what happened to their matters (我的消息, 短信、
// 邮件提醒).
//
//	act ── Send(tx) ──► row message (sealed) ──► my messages: List · Unread · MarkRead
//	                └─► row message_delivery + job, for each way there is
//	                                              │ after the commit
//	       Contacts (identity) ◄── Deliver(job) ──┴──► Channel: Mail (SMTP) · Spool (folder)
//
// The message in the platform is the notice; what leaves the platform is only a
// short text without personal data and the address of the page. A delivery
// happens at least once: a mail repeated after a crash carries the same
// Message-ID, a spooled file the same name.
//
// It never decides who is concerned, never knows phone numbers or addresses
// longer than one delivery, and sends nothing from within a transaction.
// Statutory service of a document (送达) is casework's matter, not a message.
package notify

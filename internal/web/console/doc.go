// Package console is the administration 管理台: figures for supervisors with the
// list behind every number, the audit log for the audit administrator, jobs for
// the system administrator, accounts and roles for the system and the security
// administrator, who are never the same person (三员分立).
//
//	supervisor ──► /console ──number──► /console/list ──► /desk/cases/{no}
//	stewards   ──► /console/items/featured (featured lists: rule with a trial, choices)
//	audit      ──► /console/audit (feed, by subject, is the log sound)
//	system     ──► /console/subscribers (who is told of changed items) ·
//	               /console/jobs (depth, dead letters) · /console/staff (accounts)
//	security   ──► /console/staff (roles)
//
// It never counts anything itself, never reads a database, and decides nothing:
// assess and identity do. What has no service of its own is read through the
// functions of Config, each behind one question to identity.
package console

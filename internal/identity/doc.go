// Package identity is 身份: divisions and units, natural persons, legal entities,
// mandates, staff with their roles, and the one place that decides who may do
// what.
//
//	login, password, code ──► LoginPerson / LoginStaff ──► gate keeps a session
//	session (person, party) ─► PersonActor ─┐
//	session (staff) ─────────► StaffActor ──┴─► actor.Actor ─► Decide(act, target) ─► nil or why not
//
//	import folder ──► Import ──► tables ──► Directory (snapshot of divisions and units)
//
// It owns the tables division, unit, directory_version, person, entity,
// mandate, staff and staff_role. ID numbers, phones, e-mail and postal
// addresses of persons are stored sealed (SM4), with a keyed index where
// something is looked up by them; passwords as argon2id, TOTP secrets sealed.
//
// Every act writes its audit record in its own transaction; failed logins and
// refused acts too. No audit detail and no log line holds personal data.
//
// It never keeps a session, counts attempts or sees a cookie (gate does), and
// never decides by anything but the table in policy.go.
//
// Three administrators are separated (三员分立): a system administrator makes
// accounts, a security administrator gives roles, an audit administrator reads
// the log. Nobody holds two of the three, nobody gives a role to himself.
package identity

// Package clock reckons limits (期限) in working days and natural days, and can
// say why a date is what it is.
//
//	Spec (days off, make-up days, by year) ──New──► Calendar, immutable
//	Calendar + event + n days ──Due──────────► Reckoning: date, every day with its reason
//	Calendar + Timer + now ──Timer.At────────► Status: due, left, late, paused, done
//	                       ──Timer.Reckon────► Reckoning: the same with days and events
//	Status ──Remaining──► 还剩 3 个工作日,10月22日前
//
// The rules: days are those of Asia/Shanghai. The day of the event is not
// counted (民法典 Art 201); a limit ends at 24:00 of its last day, and when that
// is no working day, of the next working day (Art 203). Limits of the licensing
// law are working days (行政许可法 Art 82). The time of a special procedure is not
// counted (Art 45): by Art 201 the day it begins still is, the day it ends is
// not. Days of years without a published calendar are taken from weekends and
// the statutory holidays, and everything resting on them is provisional (暂定).
//
// It is pure: now is passed in, nothing is stored, no zone file is needed. It
// never decides what follows from a lapsed limit; on a provisional date nothing
// may (Status.Effective).
package clock

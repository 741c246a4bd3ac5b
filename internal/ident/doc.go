// Package ident knows the number formats of public service: what a number
// consists of, whether it can be right, and how to say so.
//
//	text as typed ──Normalise──► ParseX ──► X (the parts) + Result (valid, reason, warnings)
//	                             CheckX ──► Result alone ──► Field for a form, Describe for a terminal
//	                             MakeX  ◄── parts
//
// Kinds: 统一社会信用代码 (GB 32100), 组织机构代码 (GB 11714), 公民身份号码
// (GB 11643), 事项编码 (GB/T 39554.1 as used: 12, 31, 33 characters, or as a
// city's Profile says), 办件编号,
// 电子证照标识 (GB/T 36904), 行政区划代码 (GB/T 2260 and its extensions), 移动电话.
//
// It is pure. It never looks anything up: a valid number need not exist, and
// no reason or warning repeats the number, which may be personal data. Codes
// are stored as they were given; Normalise is for looking them up.
package ident

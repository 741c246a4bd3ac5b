// Package feeview is the page of one bill, the same for who pays it and for who
// takes the money, decides on a reduction or hands money back: what is due and
// why, what was paid, and what the reader may do now. The portal and the desk
// mount it below paths of their own.
//
// It never decides who may do what: the fee room offers the acts.
package feeview

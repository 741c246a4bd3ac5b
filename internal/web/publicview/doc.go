// Package publicview draws 决定公开 of one case: where the publication stands,
// what was asked about it, and the forms to ask and to answer. The portal and
// the desk show it below paths of their own.
package publicview

package channel

import (
	"slices"

	"github.com/tongban/tongban/internal/identity"
)

// needed are the windows that a centre of a level has to have (第二十条第二款). A
// 政务服务中心: 综合咨询, 综合, 出件, 帮办代办 and “办不成事”; a 便民服务中心 or
// 便民服务站 a comprehensive one for all matters (全科).
func needed(level string) []WindowKind {
	switch level {
	case "3", "4":
		return []WindowKind{Consult, Comprehensive, Output, Assist, Unresolved}
	case "5", "6":
		return []WindowKind{Comprehensive}
	}
	return nil
}

// lacking are the kinds of windows that a centre has to have and has not, in the
// order shown to people. A branch 分中心 shares those for consulting, help and
// what could not be done with its main centre (实行一体化管理); it receives and
// hands out itself.
func lacking(u identity.Unit, branch bool, windows []Window) []WindowKind {
	var out []WindowKind
	for _, k := range WindowKinds {
		if !slices.Contains(needed(u.Level), k) {
			continue
		}
		ok := slices.ContainsFunc(windows, func(w Window) bool { return w.Kind == k || branch && k == Comprehensive && w.receives() })
		if !ok && !(branch && (k == Consult || k == Assist || k == Unresolved)) {
			out = append(out, k)
		}
	}
	return out
}

// receives reports whether applications are taken at the window.
func (w Window) receives() bool {
	return w.Kind == Comprehensive || w.Kind == Special || w.Kind == Theme
}

// receiving are the windows at which a matter is received at its centre: those
// that name it, else the comprehensive ones, else those of one field or theme
// that name no matters. Bank outlets that name it come last.
func receiving(windows []Window, basicCode string) []Window {
	var named, all, other, banks []Window
	for _, w := range windows {
		takes := slices.Contains(w.Items, basicCode)
		switch {
		case w.Kind == Bank && takes:
			banks = append(banks, w)
		case w.Kind == Bank:
		case takes:
			named = append(named, w)
		case w.Kind == Comprehensive:
			all = append(all, w)
		case w.receives() && len(w.Items) == 0:
			other = append(other, w)
		}
	}
	for _, list := range [][]Window{named, all, other} {
		if len(list) > 0 {
			return append(list, banks...)
		}
	}
	return banks
}

package web

import (
	"fmt"
	"html/template"
)

// icon draws one of our own line icons, hidden from being read aloud.
func icon(name string) (template.HTML, error) {
	d := iconPath(name)
	if d == "" {
		return "", fmt.Errorf("no icon %q", name)
	}
	// #nosec G203 -- d is one of the constants below
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="` + d + `"/></svg>`), nil
}

// iconPath holds the drawings: 24 by 24, strokes only.
func iconPath(name string) string {
	switch name {
	case "home":
		return "M3 11l9-8 9 8M5 10v10h14V10M10 20v-6h4v6"
	case "search":
		return "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21"
	case "doc":
		return "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"
	case "user":
		return "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-5 4-7 8-7s8 2 8 7"
	case "company":
		return "M4 21V5l9-2v18M13 9h7v12M2 21h20M7 8h3M7 12h3M7 16h3M16 13h1M16 17h1"
	case "bell":
		return "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"
	case "card":
		return "M3 5h18v14H3zM7 15c0-3 5-3 5 0M9.5 11a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM15 10h3M15 14h3"
	case "clock":
		return "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l4 2"
	case "check":
		return "M4 12l5 6L20 6"
	case "food":
		return "M7 3v7M4 3v5a3 3 0 0 0 6 0V3M7 11v10M17 3c-3 1-3 8-3 9h3v9"
	case "road":
		return "M8 3L3 21M16 3l5 18M12 4v3M12 11v3M12 18v3"
	case "heart":
		return "M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11z"
	case "child":
		return "M12 7a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6 10l6 1 6-1M12 11v5M9 22l3-6 3 6"
	case "house":
		return "M3 21V9l9-6 9 6v12zM9 21v-7h6v7"
	case "money":
		return "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 7l4 5 4-5M12 12v6M9 13h6M9 16h6"
	case "medical":
		return "M4 6h16v14H4zM9 6V3h6v3M12 10v6M9 13h6"
	case "school":
		return "M2 9l10-5 10 5-10 5zM6 11v6c4 3 8 3 12 0v-6"
	case "work":
		return "M3 8h18v12H3zM9 8V4h6v4M3 13h18"
	case "car":
		return "M3 17v-5l3-6h12l3 6v5zM3 12h18M7 17v2M17 17v2"
	case "window":
		return "M3 4h18v10H3zM8 21l2-7M16 21l-2-7M7 9h10"
	case "map":
		return "M12 21s7-7 7-12a7 7 0 0 0-14 0c0 5 7 12 7 12zM12 12a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"
	case "phone":
		return "M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4c0 1-1 2-2 2C10 21 3 14 3 5c0-1 1-2 2-2z"
	case "empty":
		return "M3 13l3-8h12l3 8v6H3zM3 13h5l2 3h4l2-3h5"
	case "print":
		return "M7 8V3h10v5M4 8h16v9h-3M7 17H4M7 14h10v7H7z"
	case "file":
		return "M7 3h7l4 4v14H7zM14 3v4h4"
	case "alert":
		return "M12 3l10 18H2zM12 10v5M12 18v.5"
	}
	return ""
}

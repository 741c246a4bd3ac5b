package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
)

func clockCommand() *cobra.Command {
	c := &cobra.Command{Use: "clock", Short: "期限计算 / reckon limits"}
	var from string
	var workdays, days int
	due := &cobra.Command{
		Use:     "due --from DATE --workdays N",
		Short:   "计算到期日，第一行只有日期 / reckon a due date; the first line is the date alone",
		Example: "  tongban clock due --from 2026-02-12 --workdays 5",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, natural := workdays, false
			if cmd.Flags().Changed("days") {
				n, natural = days, true
			}
			date, lines, err := app.Due(from, n, natural, !chinese())
			if err != nil {
				return err
			}
			fmt.Println(date)
			for _, l := range lines {
				fmt.Println(l)
			}
			return nil
		},
	}
	due.Flags().StringVar(&from, "from", "", "起算日 / day of the event, 2006-01-02")
	due.Flags().IntVar(&workdays, "workdays", 0, "工作日数 / working days")
	due.Flags().IntVar(&days, "days", 0, "自然日数 / natural days")
	due.MarkFlagsOneRequired("workdays", "days")
	due.MarkFlagsMutuallyExclusive("workdays", "days")
	_ = due.MarkFlagRequired("from") // the flag is there
	c.AddCommand(due, proveCommand())
	return c
}

func identCommand() *cobra.Command {
	c := &cobra.Command{Use: "ident", Short: "号码检查 / check numbers"}
	var w where
	check := &cobra.Command{
		Use:   "check " + strings.Join(app.NumberKinds(), "|") + " VALUE",
		Short: "检查号码，说明原因；无效时退出码为 1 / check a number and say why; exit code 1 if it is not valid",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			words, valid, err := app.ExplainNumber(cfg, args[0], args[1], !chinese())
			if err != nil {
				return err
			}
			fmt.Print(words)
			if !valid {
				os.Exit(1)
			}
			return nil
		},
	}
	w.codeFlag(check)
	c.AddCommand(check)
	return c
}

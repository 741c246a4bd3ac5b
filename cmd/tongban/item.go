package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/errs"
)

func itemCommand() *cobra.Command {
	c := &cobra.Command{Use: "item", Short: "政务服务事项 / service items"}
	var hints bool
	var w where
	check := &cobra.Command{
		Use:   "check DIR",
		Short: "质检导入目录中的基本目录和办事指南 / check the guides of an import folder",
		Long: `用发布和导入时的同一套规则检查目录中的 catalogue.yaml 和 items/*.yaml，不需要数据库。
每行写明文件、位置、级别和怎样改；有错误时退出码为 1。警告在发布时需要写明理由。
Holds catalogue.yaml and items/*.yaml of a folder to the rules of publishing and import, without a database.
A line names the file, the place, how grave it is and what to do; the exit code is 1 if there are errors.
A warning needs a reason when the guide is published.`,
		Example: `  tongban item check sample`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			problems, guides, err := app.CheckItems(cfg, os.DirFS(args[0]))
			if err != nil {
				return err
			}
			var wrong, warned, hinted int
			for _, p := range problems {
				word := tr("警告", "warning")
				switch {
				case p.Error:
					word, wrong = tr("错误", "error"), wrong+1
				case p.Hint:
					word, hinted = tr("提示", "hint"), hinted+1
				default:
					warned++
				}
				if !p.Hint || hints {
					fmt.Printf("%s: %s: %s: %s\n", p.File, p.Path, word, tr(p.ZH, p.EN))
				}
			}
			fmt.Printf(tr("办事指南 %d 份：错误 %d 处，警告 %d 处，提示 %d 处。\n", "%d guides: %d errors, %d warnings, %d hints.\n"), guides, wrong, warned, hinted)
			if wrong > 0 {
				return errs.New(errs.Invalid, "item-check", fmt.Sprintf("有 %d 处错误，不能导入和发布。", wrong), fmt.Sprintf("%d errors keep it from being imported and published.", wrong))
			}
			return nil
		},
	}
	check.Flags().BoolVar(&hints, "hints", false, "也显示提示 / show hints as well")
	w.codeFlag(check)
	c.AddCommand(check)
	itemSheets(c)
	return c
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/errs"
)

// itemSheets adds what takes lists in and out as sheets.
func itemSheets(c *cobra.Command) {
	var w, we where
	var dry bool
	var reason string
	imp := &cobra.Command{
		Use:   "import FILE",
		Short: "导入实施清单（.xlsx、.yaml 或交换表 .json） / import lists from a workbook, item files or exchange tables",
		Long: `先预检，再把新增和变更的清单一次发布；有拒绝的行时一项也不导入，退出码为 1。可以在平台运行时使用。
Checks the file, then publishes what is new or changed as one act; if a row is refused nothing is imported and the
exit code is 1. Works also while the platform runs.`,
		Example: `  tongban item import 清单.xlsx --dry-run
  tongban item import 清单.xlsx --reason 按2026年清单更新`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			out, err := app.ImportItems(cmd.Context(), cfg, args[0], reason, dry)
			if err != nil {
				return err
			}
			for _, x := range out.Refused {
				fmt.Println(tr("拒绝：", "refused: ") + x.At + tr("："+x.ZH, ": "+x.EN))
			}
			if out.More > 0 {
				fmt.Printf(tr("还有%d行被拒绝\n", "and %d more rows refused\n"), out.More)
			}
			fmt.Printf(tr("新增%d，变更%d，相同%d，拒绝%d\n", "%d new, %d changed, %d the same, %d refused\n"), out.New, out.Changed, out.Same, out.Rows)
			switch {
			case out.Rows > 0:
				return errs.New(errs.Invalid, "import-refused", "有的行被拒绝，没有导入任何内容。", "Rows were refused; nothing was imported.")
			case out.Done:
				fmt.Println(tr("导入完成。", "Imported."))
			}
			return nil
		},
	}
	w.flags(imp)
	imp.Flags().BoolVar(&dry, "dry-run", false, "只预检 / check only")
	imp.Flags().StringVar(&reason, "reason", "", "导入的理由，写入版本和审计日志 / why, for the versions and the log")
	exp := &cobra.Command{
		Use:   "export FILE",
		Short: "导出已发布的实施清单，格式由文件名决定 / export the published lists; the name says the format",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := we.load()
			if err != nil {
				return err
			}
			n, err := app.ExportItems(cmd.Context(), cfg, args[0])
			if err == nil {
				fmt.Printf(tr("已导出%d项清单：%s\n", "%d lists exported: %s\n"), n, args[0])
			}
			return err
		},
	}
	we.flags(exp)
	c.AddCommand(imp, exp)
}

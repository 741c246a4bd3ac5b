package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/errs"
)

func subscribersCommand() *cobra.Command {
	c := &cobra.Command{Use: "subscribers", Short: "事项变更的订阅方 / who is told of changed items",
		Long: `外部系统（省平台、政府网站）登记后，事项每次变更都会推送给它，见 docs/operations.md。
Outside systems that are told of every change of a service item; see docs/operations.md.`}
	add := func(use, zh, en string, args cobra.PositionalArgs, order func(args []string) (app.SubscriberOrder, error)) *cobra.Command {
		var w where
		sub := &cobra.Command{Use: use, Short: zh + " / " + en, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			o, err := order(args)
			if err != nil {
				return err
			}
			list, err := app.Subscribers(cmd.Context(), cfg, o)
			if err == nil {
				showSubscribers(list)
			}
			return err
		}}
		w.flags(sub)
		c.AddCommand(sub)
		return sub
	}
	byID := func(do string) func([]string) (app.SubscriberOrder, error) {
		return func(args []string) (app.SubscriberOrder, error) {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				err = errs.New(errs.Invalid, "id", "请给出 list 列出的编号。", "Give the number that list shows.")
			}
			return app.SubscriberOrder{Do: do, ID: id}, err
		}
	}
	add("list", "列出", "list them", cobra.NoArgs, func([]string) (app.SubscriberOrder, error) { return app.SubscriberOrder{Do: "list"}, nil })
	var after int64
	reg := add("add NAME URL", "登记，签名密钥只显示一次", "register one; its secret is shown once", cobra.ExactArgs(2), func(args []string) (app.SubscriberOrder, error) {
		if after < 0 {
			return app.NewSubscriber(args[0], args[1], nil), nil
		}
		return app.NewSubscriber(args[0], args[1], &after), nil
	})
	reg.Flags().Int64Var(&after, "after", -1, "从这个位置之后推送，0 为全部，默认从现在起 / told after this position; 0: everything; default: from now on")
	add("pause ID", "暂停推送", "tell it nothing for now", cobra.ExactArgs(1), byID("pause"))
	add("resume ID", "恢复推送，补发遗漏的变更", "go on, with what it missed", cobra.ExactArgs(1), byID("resume"))
	add("replay ID POSITION", "从这个位置之后重新推送，0 为全部", "tell it again what came after a position; 0: everything", cobra.ExactArgs(2), func(args []string) (app.SubscriberOrder, error) {
		o, err := byID("replay")(args)
		if err != nil {
			return o, err
		}
		if o.After, err = strconv.ParseInt(args[1], 10, 64); err != nil {
			err = errs.New(errs.Invalid, "position", "位置应是数字，list 列出已确认和最新的位置。", "The position is a number; list shows the confirmed and the newest one.")
		}
		return o, err
	})
	add("test ID", "试推一次，不含变更", "try its address with a delivery without changes", cobra.ExactArgs(1), byID("test"))
	add("remove ID", "删除", "remove it", cobra.ExactArgs(1), byID("remove"))
	return c
}

func showSubscribers(l app.SubscriberList) {
	for _, s := range l.Subscribers {
		fmt.Printf("%d  %-8s %6d/%d  %s  %s\n", s.ID, s.State, s.Position, l.End, s.Name, s.URL)
		if s.Error != "" {
			fmt.Printf(tr("   连续失败 %d 次：%s\n", "   failed %d times: %s\n"), s.Failures, s.Error)
		}
	}
	if t := l.Test; t != nil && t.Heard {
		fmt.Printf(tr("试推成功，用时 %v。\n", "The test was answered, after %v.\n"), t.Took.Round(time.Millisecond))
	} else if t != nil {
		fmt.Printf(tr("试推没有成功：%s\n", "The test was not answered: %s\n"), t.Error)
	}
	if l.Secret != "" {
		fmt.Println(tr("签名密钥：", "secret: ") + l.Secret)
		fmt.Println(tr("只显示这一次。请交给订阅方。", "Shown this once. Hand it to the subscriber."))
	}
}

func exportCommand() *cobra.Command {
	c := &cobra.Command{Use: "export", Short: "导出 / export"}
	var w where
	var o app.GuideExport
	g := &cobra.Command{
		Use:   "guides DIR",
		Short: "导出静态办事指南网页 / the guides as static pages",
		Long: `把办事指南导出为不需要脚本的静态网页，供政府网站发布。再次导出时只改写有变化的文件；manifest.json 列出全部文件及其哈希。可以在平台运行时使用。
Writes the guides as static pages without scripts, for government websites. A further export rewrites only what changed;
manifest.json lists all files with their hashes. Looks only; works beside a running platform.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			o.Dir = args[0]
			done, err := app.ExportGuides(cmd.Context(), cfg, o)
			if err == nil {
				fmt.Printf(tr("指南 %d 份，写入文件 %d 个，未变 %d 个，删除 %d 个。\n", "%d guides; %d files written, %d as they were, %d removed.\n"), done.Guides, done.Written, done.Same, done.Removed)
			}
			return err
		},
	}
	w.flags(g)
	g.Flags().StringVar(&o.Division, "division", "", "只导出这个区划的（12位代码）/ of this division only (12 digits)")
	g.Flags().StringVar(&o.Unit, "unit", "", "只导出这个单位的（key）/ of this unit only (key)")
	c.AddCommand(g)
	return c
}

package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/errs"
)

// frame gives the help of c and of every command below it headings in both
// languages, and mistakes at the command line words in the terminal's.
func frame(c *cobra.Command) {
	c.SetUsageFunc(usage)
	c.SetFlagErrorFunc(mistake)
	c.PersistentFlags().BoolP("help", "h", false, "显示说明 / show this help")
	c.SetHelpCommand(&cobra.Command{
		Use:   "help [command]",
		Short: "命令的说明 / help about a command",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %q for %q", rest[0], about.CommandPath())
			}
			return about.Help()
		},
	})
}

// usage writes how a command is called: what cobra writes, in both languages.
func usage(c *cobra.Command) error {
	w := c.OutOrStderr()
	head := func(zh, en string) { fmt.Fprintf(w, "\n%s / %s:\n", zh, en) }
	fmt.Fprintln(w, "用法 / Usage:")
	if c.Runnable() {
		fmt.Fprintln(w, "  "+c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintln(w, "  "+c.CommandPath()+" [command]")
	}
	if c.HasExample() {
		head("示例", "Examples")
		fmt.Fprintln(w, c.Example)
	}
	if c.HasAvailableSubCommands() {
		head("命令", "Commands")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(w, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		head("选项", "Flags")
		fmt.Fprint(w, flags(c.LocalFlags().FlagUsages()))
	}
	if c.HasAvailableInheritedFlags() {
		head("通用选项", "Global flags")
		fmt.Fprint(w, flags(c.InheritedFlags().FlagUsages()))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n某个命令的说明 / help about one command: %s [command] --help\n", c.CommandPath())
	}
	return nil
}

// flags puts the one word of a list of flags that is not ours into both languages.
func flags(list string) string { return strings.ReplaceAll(list, " (default ", " (默认 default ") }

// mistakes are the words of cobra and pflag, and ours for them.
var mistakes = []struct {
	theirs *regexp.Regexp
	zh, en string
}{
	{regexp.MustCompile(`^unknown command "(.*?)" for "(.*?)"`), "没有命令 $1。", "There is no command $1."},
	{regexp.MustCompile(`^accepts (\d+) arg\(s\), received (\d+)$`), "应有 $1 个参数，给出了 $2 个。", "Arguments needed: $1, given: $2."},
	{regexp.MustCompile(`^required flag\(s\) (.*) not set$`), "缺少必填的选项：$1。", "Required and missing: $1."},
	{regexp.MustCompile(`^at least one of the flags in the group \[(.*)\] is required$`), "以下选项至少填写一个：$1。", "At least one of these is required: $1."},
	{regexp.MustCompile(`^if any flags in the group \[(.*)\] are set none of the others can be;`), "以下选项只能填写一个：$1。", "Only one of these can be given: $1."},
	{regexp.MustCompile(`^unknown flag: (.*)$`), "没有选项 $1。", "There is no flag $1."},
	{regexp.MustCompile(`^unknown shorthand flag: '(.*)' in .*$`), "没有选项 -$1。", "There is no flag -$1."},
	{regexp.MustCompile(`^flag needs an argument: (.*)$`), "选项 $1 后面缺少值。", "The flag $1 needs a value."},
	{regexp.MustCompile(`^invalid argument "(.*)" for "(.*)" flag:`), "选项 $2 的值 $1 不对。", "The value $1 does not fit the flag $2."},
	{regexp.MustCompile(`^bad flag syntax: (.*)$`), "选项 $1 的写法不对。", "The flag $1 is not written right."},
}

// mistake words what is wrong with the command line of c; other errors stay as
// they are.
func mistake(c *cobra.Command, err error) error {
	for _, m := range mistakes {
		at := m.theirs.FindStringSubmatchIndex(err.Error())
		if at == nil {
			continue
		}
		say := func(words, see string) string {
			return string(m.theirs.ExpandString(nil, words, err.Error(), at)) + see
		}
		return errs.New(errs.Invalid, "usage", say(m.zh, "用法见 "+c.CommandPath()+" --help"), say(m.en, " See "+c.CommandPath()+" --help"))
	}
	return err
}

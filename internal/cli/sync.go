package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newSync(env *Env, dir *string) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "sync [FILE.md...]",
		Short: "copy regions of snippet files into the listings that show them",
		Long: `Sync makes each listing equal to the region of the Go file it shows:

  <!-- workbook: file=snippets/socket/accept_loop/main.go region=loop -->

A region stands between two comments in the Go file:

  // --8<-- [start:loop]
  // --8<-- [end:loop]

It changes nothing but the bodies of these listings. With --check it changes
nothing at all and ends with status 1 when one differs.`,
		Example: `  workbook sync
  workbook sync --check
  workbook sync README.md`,
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := openSource(env, *dir, args)
			if err != nil {
				return err
			}
			return syncListings(env, src, check)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "only tell what differs")
	return cmd
}

func syncListings(env *Env, src *source, check bool) error {
	changes, err := src.book.Sync()
	if err != nil {
		return err
	}
	out := newScreen(env.Stdout)
	for _, c := range changes {
		for _, l := range c.Listings {
			fmt.Fprintf(out, "%v: the listing differs from %s\n", l.Pos, l.File)
		}
		if err := src.rewrite(out, c, check); err != nil {
			return err
		}
	}
	switch {
	case len(changes) == 0:
		fmt.Fprintln(out, "every listing equals its file")
	case check:
		fmt.Fprintln(out, "run: workbook sync")
		return &exitError{status: exitFailed}
	}
	return nil
}

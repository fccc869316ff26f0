package record

import "golang.org/x/sys/unix"

// givenElsewhere is given for calls that not all architectures have.
func (r *Record) givenElsewhere() {
	if r.Number == unix.SYS_FSTATAT || r.Number == unix.SYS_RENAMEAT {
		r.text(r.Args[1])
	}
}

func (r *Record) returnedElsewhere() {}

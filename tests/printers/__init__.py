"""Label printers in virtual time: machines that take bytes, print labels one after the other, keep a true record of what
came out, and have every fault that is known of real ones. Written from the languages' manuals; they share nothing with
the product."""

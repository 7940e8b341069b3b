/* Faults that a simulator must find, each switched on by its number in a build that is made for that alone; in any
 * other, DEFECT() is no code at all. */
#ifndef BASE_DEFECT_H
#define BASE_DEFECT_H

#ifdef FLOORHAND_DEFECTS
extern int defect; /* 0: none */
#define DEFECT(number) (defect == (number))
#else
#define DEFECT(number) 0
#endif

#endif

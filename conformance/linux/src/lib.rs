//! Physical drives under Linux: SG_IO, exclusive opens and physical counterparts of the faults

"""Small neural radiance fields: encoding, field, marching, fitting, rendering."""

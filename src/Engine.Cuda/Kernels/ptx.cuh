// Everything that C++ has no words for, each with its PTX instruction. No other file has assembly,
// and no file includes one of CUDA's own: NVRTC alone suffices.
#pragma once

typedef unsigned short half_bits; // of a float16 or a bfloat16

__device__ __forceinline__ float float_of_half(half_bits x) {
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}

__device__ __forceinline__ half_bits half_of_float(float x) {
    half_bits y;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x));
    return y;
}

__device__ __forceinline__ float float_of_bfloat(half_bits x) {
    return __uint_as_float((unsigned)x << 16);
}

__device__ __forceinline__ half_bits bfloat_of_float(float x) {
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(0.0f), "f"(x));
    return (half_bits)pair;
}

// Two of the matrix type in one register, the first in the lower half.
__device__ __forceinline__ unsigned pack_pair(float low, float high) {
    unsigned pair;
#if ELEMENT == FLOAT16
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#else
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#endif
    return pair;
}

// c[16 x 8] += a[16 x 16] b[16 x 8], spread over a warp. With g = lane / 4 and t = lane % 4:
// a: rows g, g + 8, g, g + 8 at columns 2t, 2t, 2t + 8, 2t + 8 (each register two columns);
// b: column g at rows 2t and 2t + 8 (each two rows); c: rows g, g, g + 8, g + 8 at 2t, 2t + 1.
__device__ __forceinline__ void multiply_add(
    float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
#if ELEMENT == FLOAT16
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
#endif
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Two 8 x 8 matrices of 16-bit elements from shared memory, transposed: lanes 0 .. 7 give the rows
// of the first, 8 .. 15 those of the second, 16 bytes aligned. A lane gets of each matrix the
// elements of rows 2t and 2t + 1 in column g.
__device__ __forceinline__ void load_transposed(unsigned& b0, unsigned& b1, const void* row) {
    unsigned address = (unsigned)__cvta_generic_to_shared(row);
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
        : "=r"(b0), "=r"(b1) : "r"(address) : "memory");
}

// The transpose of an 8 x 8 matrix of 16-bit elements over a warp: lane 4r + c has columns 2c
// and 2c + 1 of row r.
__device__ __forceinline__ unsigned transposed(unsigned pair) {
    unsigned y;
    asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(y) : "r"(pair));
    return y;
}

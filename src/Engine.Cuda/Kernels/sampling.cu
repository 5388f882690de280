// From logits to tokens: what src/Engine.Cuda/Sampling/Sampler.cs does on the CPU, with the same
// random numbers. A block draws a token from a row. Weights are relative to the most likely token
// and counted in whole units of 2^-40, so that their sums do not depend on an order.
#include "common.cuh"

#define THREADS 1024
#define WARPS (THREADS / WARP)
#define UNITS 1099511627776.0 // 2^40
#define KEPT 4096             // the best tokens, which are sorted
#define STEPS_PER_NAT 64      // how finely scores are told apart before that
#define BUCKETS 2048
#define NO_KEY 0xffffffffffffffffull
#define NOT_FINITE -1 // instead of a token: its logits are not finite,
#define FORBIDDEN -2  // or all tokens are forbidden

typedef unsigned long long wide;

// What changes the logits of a row before tokens are drawn from it.
struct adjustment {
    int row;     // of the logits
    int first;   // of its entries
    int count;
    int awaited; // the token that the step before has drawn: where it lies; -1: none
    float repetition, presence, frequency;
    int unused;
};

struct adjustment_entry {
    int token;
    float bias;
    int output; // how often it is in the output, without the awaited token
    int flags;
};
#define SEEN 1 // in prompt or output
#define IS_FORBIDDEN 2

// How a token is drawn.
struct draw_request {
    int row;        // of the logits
    int flags;
    int top_k;      // 0: all
    int tops;       // most likely tokens to report; -1: no log probabilities at all
    int first_top;  // where they go
    float top_p;
    float least;    // log of min-p
    float scale;    // 1 / temperature
    double uniform; // the random number, in [0, 1)
};
#define IS_GREEDY 1
#define IS_ADJUSTED 2

struct found {
    int token;
    float logprob;
};

__device__ __forceinline__ bool is_finite(float x) {
    return fabsf(x) < __int_as_float(0x7f800000);
}

__device__ __forceinline__ void adjust(
    float* row, const adjustment& how, const adjustment_entry& entry) {
    // Rounded after each operation, as on the CPU.
    float logit = row[entry.token] + entry.bias;
    if (how.repetition != 1 && entry.flags & SEEN)
        logit = __fmul_rn(logit, logit > 0 ? 1 / how.repetition : how.repetition);
    if (entry.output > 0)
        logit -= __fadd_rn(how.presence, __fmul_rn(how.frequency, entry.output));
    row[entry.token] = entry.flags & IS_FORBIDDEN ? minus_infinity() : logit;
}

// Grid: rows that are adjusted. No token has two entries. A row that is not finite becomes NaN.
extern "C" __global__ void adjust_logits(
    float* logits, const adjustment* adjustments, const adjustment_entry* entries,
    const int* drawn, int vocabulary) {
    start_next();
    wait_for_last();
    const adjustment how = adjustments[blockIdx.x];
    float* row = logits + (long long)how.row * vocabulary;
    const int awaited =
        how.awaited < 0 ? -1 : min(max(drawn[how.awaited], 0), vocabulary - 1);
    bool wrong = false, known = false;
    for (int i = threadIdx.x; i < vocabulary; i += blockDim.x)
        wrong = wrong || !is_finite(row[i]);
    if (__syncthreads_or(wrong)) {
        if (threadIdx.x == 0)
            row[0] = __int_as_float(0x7fffffff);
        return;
    }
    for (int i = threadIdx.x; i < how.count; i += blockDim.x) {
        adjustment_entry entry = entries[how.first + i];
        if (entry.token == awaited) {
            entry.output++;
            entry.flags |= SEEN;
            known = true;
        }
        adjust(row, how, entry);
    }
    if (!__syncthreads_or(known) && awaited >= 0 && threadIdx.x == 0)
        adjust(row, how, {awaited, 0, 1, SEEN});
}

// A sum, or the least, over the block, in every thread.
template <typename T, typename Join>
__device__ __forceinline__ T block_join(T x, T none, Join join) {
    __shared__ T all[WARPS];
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2)
        x = join(x, (T)__shfl_xor_sync(ALL_LANES, x, step));
    if (lane == 0)
        all[warp] = x;
    __syncthreads();
    x = lane < WARPS ? all[lane] : none;
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2)
        x = join(x, (T)__shfl_xor_sync(ALL_LANES, x, step));
    __syncthreads();
    return x;
}

__device__ __forceinline__ wide block_sum_of(wide x) {
    return block_join(x, (wide)0, [](wide a, wide b) { return a + b; });
}

__device__ __forceinline__ wide block_least(wide x) {
    return block_join(x, NO_KEY, [](wide a, wide b) { return a < b ? a : b; });
}

// A row's tokens by their scores, which are at most 0: less likely ones have greater keys, and of
// those alike the one with the greater id.
struct scored_row {
    const float* logits;
    int vocabulary;
    float max, scale;

    __device__ __forceinline__ float score_of_logit(float logit) const {
        return (logit - max) * scale;
    }

    __device__ __forceinline__ float score(int id) const { return score_of_logit(logits[id]); }

    __device__ __forceinline__ wide key(int id) const {
        return (wide)__float_as_uint(fabsf(score(id))) << 32 | (unsigned)id;
    }
};

// Every logit of a row once, with its id.
template <typename Visit>
__device__ __forceinline__ void visit(const float* logits, int vocabulary, Visit each) {
    if (vocabulary % 4 == 0) {
#pragma unroll 4
        for (int i = threadIdx.x * 4; i < vocabulary; i += THREADS * 4) {
            const float4 x = *(const float4*)(logits + i);
            each(i, x.x);
            each(i + 1, x.y);
            each(i + 2, x.z);
            each(i + 3, x.w);
        }
        return;
    }
    for (int i = threadIdx.x; i < vocabulary; i += THREADS)
        each(i, logits[i]);
}

__device__ __forceinline__ int id_of(wide key) { return (int)(unsigned)key; }
__device__ __forceinline__ float score_of(wide key) { return -__uint_as_float(key >> 32); }
__device__ __forceinline__ wide weight_of(float score) { return (wide)(expf(score) * UNITS); }
__device__ __forceinline__ bool is_drawable(wide key) { return key < (wide)0x7f800000 << 32; }

// The most likely tokens of a row, sorted, with the sums of their weights up to each.
struct best_tokens {
    wide keys[KEPT];
    int count;      // of keys that are kept
    bool complete;  // whether the row has no others
};

__device__ void sort(wide* keys, int count) {
    for (int size = 2; size <= count; size *= 2)
        for (int step = size / 2; step > 0; step /= 2) {
            __syncthreads();
            for (int i = threadIdx.x; i < count; i += THREADS) {
                const int other = i ^ step;
                if (other <= i)
                    continue;
                const wide a = keys[i], b = keys[other];
                if ((a > b) == ((i & size) == 0)) {
                    keys[i] = b;
                    keys[other] = a;
                }
            }
        }
    __syncthreads();
}

// As many of the best tokens as there is room for, but not many more than `wanted`.
__device__ void take_best(const scored_row& row, int wanted, best_tokens& best) {
    __shared__ int counts[BUCKETS];
    __shared__ int limit, total;
    for (int i = threadIdx.x; i < BUCKETS; i += THREADS)
        counts[i] = 0;
    if (threadIdx.x == 0)
        best.count = 0;
    __syncthreads();
    visit(row.logits, row.vocabulary, [&](int, float logit) {
        const float depth = -row.score_of_logit(logit) * STEPS_PER_NAT;
        if (depth < BUCKETS)
            atomicAdd(&counts[(int)depth], 1);
    });
    __syncthreads();
    // The first buckets that hold enough, or all that there is room for.
    if (threadIdx.x < WARP) {
        int sum = 0, buckets = 0;
        for (int base = 0; base < BUCKETS; base += WARP) {
            int prefix = counts[base + threadIdx.x];
#pragma unroll
            for (int step = 1; step < WARP; step *= 2) {
                const int before = __shfl_up_sync(ALL_LANES, prefix, step);
                prefix += threadIdx.x >= step ? before : 0;
            }
            const int before = sum + prefix - counts[base + threadIdx.x];
            const bool taken = before < wanted && sum + prefix <= KEPT;
            const unsigned takers = __ballot_sync(ALL_LANES, taken);
            const int number = takers == ALL_LANES ? WARP : __ffs(~takers) - 1;
            buckets = base + number;
            if (number > 0)
                sum += __shfl_sync(ALL_LANES, prefix, number - 1);
            if (number < WARP)
                break;
        }
        if (threadIdx.x == 0) {
            limit = buckets;
            total = sum;
        }
    }
    __syncthreads();
    int beyond = 0;
    visit(row.logits, row.vocabulary, [&](int i, float logit) {
        const float depth = -row.score_of_logit(logit) * STEPS_PER_NAT;
        if (depth < limit)
            best.keys[atomicAdd(&best.count, 1)] = row.key(i);
        else
            beyond += is_finite(depth) ? 1 : 0;
    });
    const bool more = __syncthreads_or(beyond > 0);
    if (threadIdx.x == 0)
        best.complete = !more;
    int padded = 1;
    while (padded < total)
        padded *= 2;
    for (int i = total + threadIdx.x; i < padded; i += THREADS)
        best.keys[i] = NO_KEY;
    sort(best.keys, padded);
}

// Of sorted tokens: the first place where the sum of weights up to it reaches what `reaches` wants,
// or `count` where none does.
template <typename Reaches>
__device__ int place_of(const best_tokens& best, int count, Reaches reaches) {
    __shared__ wide before_warp[WARPS];
    __shared__ int place;
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    constexpr int Each = KEPT / THREADS;
    wide weights[Each], mine = 0;
#pragma unroll
    for (int j = 0; j < Each; j++) {
        const int i = threadIdx.x * Each + j;
        weights[j] = i < count ? weight_of(score_of(best.keys[i])) : 0;
        mine += weights[j];
    }
    wide prefix = mine;
#pragma unroll
    for (int step = 1; step < WARP; step *= 2) {
        const wide before = __shfl_up_sync(ALL_LANES, prefix, step);
        prefix += lane >= step ? before : 0;
    }
    __syncthreads();
    if (threadIdx.x == 0)
        place = count;
    if (lane == WARP - 1)
        before_warp[warp] = prefix;
    __syncthreads();
    wide total = 0;
    prefix -= mine;
    for (int w = 0; w < WARPS; w++) {
        total += before_warp[w];
        prefix += w < warp ? before_warp[w] : 0;
    }
#pragma unroll
    for (int j = 0; j < Each; j++) {
        const int i = threadIdx.x * Each + j;
        prefix += weights[j];
        if (i < count && reaches(prefix, total))
            atomicMin(&place, i);
    }
    __syncthreads();
    return place;
}

// The weight, or the number, of all tokens of keys up to a limit.
template <typename Measure>
__device__ wide measure_up_to(const scored_row& row, wide limit, Measure measure) {
    wide sum = 0;
    for (int i = threadIdx.x; i < row.vocabulary; i += THREADS) {
        const wide key = row.key(i);
        if (key <= limit && is_drawable(key))
            sum += measure(key);
    }
    return block_sum_of(sum);
}

// The least key up to which tokens measure enough; where all do not, the greatest one. Slow: one
// pass over the row for each bit. For rows so even that their best tokens are too many to sort.
template <typename Measure, typename Reaches>
__device__ wide key_of(const scored_row& row, wide limit, Measure measure, Reaches reaches) {
    wide low = 0, high = limit;
    while (low < high) {
        const wide middle = low + (high - low) / 2;
        if (reaches(measure_up_to(row, middle, measure)))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

// Rounding may not carry it beyond everything.
__device__ __forceinline__ wide target_of(const draw_request& how, wide mass) {
    const wide target = (wide)(how.uniform * (double)mass);
    return target < mass ? target : mass - 1;
}

__device__ int draw_of_many(const scored_row& row, const draw_request& how, wide mass) {
    const auto weight = [](wide key) { return weight_of(score_of(key)); };
    const wide all = ((wide)0x7f800000 << 32) - 1;
    wide limit = all;
    if (how.top_k > 0) {
        const wide wanted = how.top_k;
        limit = key_of(
            row, limit, [](wide) { return (wide)1; }, [=](wide n) { return n >= wanted; });
        mass = measure_up_to(row, limit, weight);
    }
    if (how.top_p < 1) {
        const double wanted = (double)how.top_p * (double)mass;
        limit = key_of(row, limit, weight, [=](wide m) { return (double)m >= wanted; });
    }
    const wide least = ((wide)__float_as_uint(fabsf(how.least)) << 32) + 0xffffffffu;
    limit = limit < least ? limit : least;
    mass = measure_up_to(row, limit, weight);
    const wide target = target_of(how, mass);
    return id_of(key_of(row, limit, weight, [=](wide m) { return m > target; }));
}

__device__ int draw_of_best(
    const scored_row& row, const draw_request& how, const best_tokens& best, wide mass) {
    int count = best.count;
    if (how.top_k > 0) {
        if (count < how.top_k && !best.complete)
            return draw_of_many(row, how, mass);
        count = min(count, how.top_k);
    }
    if (how.top_p < 1) {
        const double p = how.top_p;
        const bool of_kept = how.top_k > 0;
        const int place = place_of(
            best, count,
            [=](wide prefix, wide total) {
                return (double)prefix >= p * (double)(of_kept ? total : mass);
            });
        if (place == count && !of_kept && !best.complete)
            return draw_of_many(row, how, mass);
        count = min(count, place + 1);
    }
    if (count == 0)
        return draw_of_many(row, how, mass);
    // Under a score nobody is drawn.
    int likely = 0;
    for (int i = threadIdx.x; i < count; i += THREADS)
        likely += score_of(best.keys[i]) >= how.least ? 1 : 0;
    count = (int)block_sum_of(likely);
    const int place = place_of(
        best, count,
        [=](wide prefix, wide total) { return prefix > target_of(how, total); });
    return id_of(best.keys[min(place, count - 1)]);
}

// Of all tokens that are likely enough, by id: the one up to which the weights exceed the target.
__device__ int draw_of_all(const scored_row& row, const draw_request& how, wide mass) {
    __shared__ wide sums[WARPS];
    __shared__ int drawn;
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    int first = 0, end = row.vocabulary;
    const auto weight = [&](int id) {
        const float score = row.score(id);
        return score >= how.least ? weight_of(score) : 0;
    };
    if (how.least != minus_infinity()) {
        wide mine = 0;
        for (int i = threadIdx.x; i < row.vocabulary; i += THREADS)
            mine += weight(i);
        mass = block_sum_of(mine);
    }
    wide target = target_of(how, mass);
    // Twice the range with the target is cut into as many parts as there are warps.
    for (int round = 0; round < 2; round++) {
        const int width = (end - first + WARPS - 1) / WARPS;
        const int begin = min(first + warp * width, end), stop = min(begin + width, end);
        wide mine = 0;
        for (int i = begin + lane; i < stop; i += WARP)
            mine += weight(i);
#pragma unroll
        for (int step = WARP / 2; step > 0; step /= 2)
            mine += __shfl_xor_sync(ALL_LANES, mine, step);
        __syncthreads();
        if (lane == 0)
            sums[warp] = mine;
        __syncthreads();
        int part = 0;
        while (part < WARPS - 1 && target >= sums[part])
            target -= sums[part++];
        first = min(first + part * width, end);
        end = min(first + width, end);
    }
    if (threadIdx.x == 0)
        drawn = -1;
    if (warp == 0) {
        for (int base = first; base < end; base += WARP) {
            const wide mine =
                base + lane < end ? weight(base + lane) : 0;
            wide prefix = mine;
#pragma unroll
            for (int step = 1; step < WARP; step *= 2) {
                const wide before = __shfl_up_sync(ALL_LANES, prefix, step);
                prefix += lane >= step ? before : 0;
            }
            const unsigned beyond = __ballot_sync(ALL_LANES, prefix > target);
            if (beyond) {
                if (lane == 0)
                    drawn = base + __ffs(beyond) - 1;
                break;
            }
            target -= __shfl_sync(ALL_LANES, prefix, WARP - 1);
        }
    }
    __syncthreads();
    return drawn;
}

__device__ void report_tops(
    const scored_row& row, const draw_request& how, const best_tokens& best, double log_mass,
    found* tops) {
    if (best.count >= how.tops || best.complete) {
        for (int i = threadIdx.x; i < how.tops; i += THREADS)
            tops[i] = i < best.count
                ? found{id_of(best.keys[i]), (float)(score_of(best.keys[i]) - log_mass)}
                : found{-1, 0};
        return;
    }
    wide last = 0;
    for (int n = 0; n < how.tops; n++) {
        wide least = NO_KEY;
        for (int i = threadIdx.x; i < row.vocabulary; i += THREADS) {
            const wide key = row.key(i);
            if ((n == 0 || key > last) && key < least && is_drawable(key))
                least = key;
        }
        last = block_least(least);
        if (threadIdx.x == 0)
            tops[n] = last == NO_KEY
                ? found{-1, 0} : found{id_of(last), (float)(score_of(last) - log_mass)};
        if (last == NO_KEY)
            last -= 1;
    }
}

// results[d] = the token of draw d and its log probability; drawn[d] = the token;
// results[first_top + i] = the i-th most likely token, or -1. Grid: draws.
extern "C" __global__ void __launch_bounds__(THREADS) draw_tokens(
    const float* logits, const draw_request* requests, found* results, int* drawn,
    int vocabulary) {
    __shared__ best_tokens best;
    start_next();
    wait_for_last();
    const draw_request how = requests[blockIdx.x];
    scored_row row = {logits + (long long)how.row * vocabulary, vocabulary, 0, how.scale};
    float most = minus_infinity();
    int place = vocabulary;
    bool wrong = false;
    visit(row.logits, vocabulary, [&](int i, float logit) {
        wrong = wrong
            || !(is_finite(logit) || (how.flags & IS_ADJUSTED && logit == minus_infinity()));
        if (logit > most) {
            most = logit;
            place = i;
        }
    });
    wrong = __syncthreads_or(wrong);
    row.max = block_join(most, minus_infinity(), [](float a, float b) { return fmaxf(a, b); });
    const int greedy = (int)block_least(
        most == row.max ? (wide)place : (wide)vocabulary);

    int token = wrong ? NOT_FINITE : row.max == minus_infinity() ? FORBIDDEN : greedy;
    float logprob = 0;
    const bool is_sampled = !(how.flags & IS_GREEDY);
    if (token >= 0 && (is_sampled || how.tops >= 0)) {
        wide mine = 0;
        visit(row.logits, vocabulary, [&](int, float logit) {
            mine += weight_of(row.score_of_logit(logit));
        });
        const wide mass = block_sum_of(mine);
        const bool is_open = how.top_k == 0 && how.top_p >= 1;
        if ((is_sampled && !is_open) || how.tops > 0)
            take_best(
                row,
                is_sampled && !is_open ? (how.top_k > 0 ? max(how.top_k, how.tops) : KEPT)
                    : how.tops,
                best);
        if (is_sampled)
            token = is_open ? draw_of_all(row, how, mass)
                : draw_of_best(row, how, best, mass);
        const double log_mass = log((double)mass / UNITS);
        logprob = (float)(row.score(token) - log_mass);
        if (how.tops > 0)
            report_tops(row, how, best, log_mass, results + how.first_top);
    }
    if (threadIdx.x == 0) {
        results[blockIdx.x] = {token, logprob};
        drawn[blockIdx.x] = token;
    }
}

using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>
/// What fair share promises to tenants, told from what they get alone: no counter of the
/// scheduler's is looked at. Source: Sheng et al., OSDI '24, section 4.
/// </summary>
public static class FairnessLaws
{
    [Law]
    public static void Two_tenants_that_both_wait_are_served_alike_up_to_the_bound(Trace trace)
    {
        var service = TenantService.Of(trace);
        foreach (var (one, other) in Pairs(service.Tenants).Where(pair => pair.One < pair.Other))
        {
            var bound = service.Bound(one) + service.Bound(other);
            foreach (var stretch in service.Stretches(at => at.Waits[one] && at.Waits[other]))
            {
                var ahead = stretch.Select(at => at.Served[one] - at.Served[other]).ToList();
                Assert.InRange(ahead.Max() - ahead.Min(), 0, bound);
            }
        }
    }

    // However the other asks: all the time, now and then, ever again under the same key.
    [Law]
    public static void No_tenant_starves_another(Trace trace)
    {
        var service = TenantService.Of(trace);
        foreach (var (waits, other) in Pairs(service.Tenants))
        {
            var bound = service.Bound(waits) + 2 * service.Bound(other);
            foreach (var stretch in service.Stretches(at => at.Waits[waits]))
            {
                // The most by which the other ever got ahead within the stretch.
                var (least, most) = (long.MaxValue, 0L);
                foreach (var ahead in stretch.Select(at => at.Served[other] - at.Served[waits]))
                {
                    least = Math.Min(least, ahead);
                    most = Math.Max(most, ahead - least);
                }

                Assert.InRange(most, 0, bound);
            }
        }
    }

    private static IEnumerable<(int One, int Other)> Pairs(int tenants) =>
        from one in Enumerable.Range(0, tenants)
        from other in Enumerable.Range(0, tenants)
        where one != other
        select (one, other);
}

using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Tests.Pure;

public sealed class ServerClockTests
{
    /// <summary>
    /// A server whose clock is anywhere, requests that take any time: the end that we take a lease for never comes after it.
    /// </summary>
    [Fact]
    public void A_lease_is_never_taken_for_longer_than_it_lasts()
    {
        var random = new Random(1);
        for (var run = 0; run < 2000; run++)
        {
            var clock = new ServerClock();
            var ahead = TimeSpan.FromSeconds(63_000_000_000 + random.NextDouble() * 1e6);
            var now = TimeSpan.Zero;
            for (var i = 0; i < 10; i++)
            {
                var sentAt = now;
                var leasedAt = sentAt + TimeSpan.FromSeconds(random.NextDouble() * 20);
                var writtenAt = leasedAt + TimeSpan.FromSeconds(random.NextDouble() * 0.1);
                now = writtenAt + TimeSpan.FromSeconds(random.NextDouble());
                clock.Observe(sentAt, Date(writtenAt + ahead));
                var lease = TimeSpan.FromSeconds(30);
                var end = clock.EarliestEnd(new DateTimeOffset((leasedAt + lease + ahead).Ticks, TimeSpan.Zero), sentAt, now, lease);
                end.ShouldBeLessThanOrEqualTo(leasedAt + lease);
                end.ShouldBeGreaterThanOrEqualTo(sentAt + lease);
            }
        }
    }

    [Fact]
    public void After_one_short_request_a_long_poll_no_longer_shortens_its_leases()
    {
        var clock = new ServerClock();
        var ahead = TimeSpan.FromSeconds(63_000_000_000);
        clock.Observe(TimeSpan.FromSeconds(1), Date(TimeSpan.FromSeconds(1) + ahead));
        var leasedAt = TimeSpan.FromSeconds(21);
        var lease = TimeSpan.FromSeconds(30);
        var endsAt = new DateTimeOffset((leasedAt + lease + ahead).Ticks, TimeSpan.Zero);
        clock.EarliestEnd(endsAt, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(21), lease).ShouldBe(TimeSpan.FromSeconds(50));
    }

    /// <summary>Answers' dates are cut to seconds.</summary>
    private static DateTimeOffset Date(TimeSpan instant) =>
        new(instant.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}

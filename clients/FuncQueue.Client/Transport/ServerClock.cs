namespace FuncQueue.Client.Transport;

/// <summary>
/// How far the server's clock is ahead of ours, at the most: so long as that is known, the end of a lease is known too. It is learnt from
/// the dates of answers, which are cut to seconds.
/// </summary>
internal sealed class ServerClock
{
    /// <summary>Clocks drift; what was learnt so long ago is learnt anew.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private TimeSpan ahead;
    private TimeSpan? learntAt;

    /// <summary>Takes the date of an answer whose request was sent at an instant of our clock.</summary>
    public void Observe(TimeSpan sentAt, DateTimeOffset date)
    {
        // The server wrote the date after we sent, and within the second that the date names.
        var bound = AsSpan(date) + TimeSpan.FromSeconds(1) - sentAt;
        lock (gate)
        {
            if (learntAt is null || bound <= ahead || sentAt - learntAt > Trust)
                (ahead, learntAt) = (bound, sentAt);
        }
    }

    /// <summary>
    /// When a lease ends at the earliest, on our clock: it lasts so long from some instant between the request and its answer, and the
    /// server says until when by its own clock.
    /// </summary>
    public TimeSpan EarliestEnd(DateTimeOffset endsAt, TimeSpan sentAt, TimeSpan receivedAt, TimeSpan lease)
    {
        var (least, most) = (sentAt + lease, receivedAt + lease);
        lock (gate)
        {
            if (learntAt is null)
                return least;
            var told = AsSpan(endsAt) - ahead;
            return told < least ? least
                : told > most ? most
                : told;
        }
    }

    private static TimeSpan AsSpan(DateTimeOffset instant) => new(instant.UtcTicks);
}

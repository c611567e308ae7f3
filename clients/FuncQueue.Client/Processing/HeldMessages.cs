namespace FuncQueue.Client.Processing;

/// <summary>
/// All leases of a processor, from their arrival until they are settled, and the order in which handlers begin. It decides; it does not do.
/// </summary>
internal sealed class HeldMessages(TimeSpan lease, int concurrency, int prefetch)
{
    private readonly Lock gate = new();
    private readonly LinkedList<HeldMessage> waiting = [];
    private readonly HashSet<HeldMessage> held = [];
    private readonly HashSet<string> busyGroups = [];
    private int running;

    /// <summary>No handler begins with less of its lease left.</summary>
    public TimeSpan LeastToBegin => lease / 3;

    /// <summary>Renewed when so much is left: there is time for repeats, and half as many requests as at two thirds.</summary>
    private TimeSpan RenewAt => lease / 2;

    /// <summary>Those are renewed along with the first that is due: they would be due soon.</summary>
    private TimeSpan RenewAlong => lease * 0.75;

    /// <summary>How many messages to ask for; none while what was fetched ahead is at least half of it.</summary>
    public int Room
    {
        get
        {
            lock (gate)
                return waiting.Count * 2 > prefetch ? 0 : Math.Max(0, concurrency + prefetch - held.Count);
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return held.Count == 0;
        }
    }

    public void Add(IEnumerable<HeldMessage> messages)
    {
        lock (gate)
        {
            foreach (var message in messages)
            {
                held.Add(message);
                waiting.AddLast(message);
            }
        }
    }

    /// <summary>The next one to handle, if a handler may begin; of a group one at a time, in order.</summary>
    public HeldMessage? TakeNext(TimeSpan now)
    {
        lock (gate)
        {
            if (running >= concurrency)
                return null;
            HashSet<string>? passed = null;
            for (var node = waiting.First; node is not null; node = node.Next)
            {
                var group = node.Value.Message.GroupId;
                if (group is not null && (busyGroups.Contains(group) || passed?.Contains(group) == true))
                    continue;
                if (!MayBegin(node.Value, now))
                {
                    // Nothing of its group overtakes it.
                    if (group is not null)
                        (passed ??= []).Add(group);
                    continue;
                }

                waiting.Remove(node);
                running++;
                if (group is not null)
                    busyGroups.Add(group);
                return node.Value;
            }

            return null;
        }
    }

    public bool MayBegin(HeldMessage message, TimeSpan now) => !message.IsLost && message.EndsAt - now >= LeastToBegin;

    /// <summary>Back to the front: its handler did not begin.</summary>
    public void PutBack(HeldMessage message)
    {
        lock (gate)
        {
            running--;
            if (message.Message.GroupId is { } group)
                busyGroups.Remove(group);
            if (held.Contains(message))
                waiting.AddFirst(message);
        }
    }

    /// <summary>A handler ended; another may begin. Of its group only where it succeeded.</summary>
    public void Ended(HeldMessage message, bool succeeded)
    {
        lock (gate)
        {
            running--;
            if (succeeded && message.Message.GroupId is { } group)
                busyGroups.Remove(group);
        }
    }

    /// <summary>The messages of the group that wait here; they are no longer to be handled.</summary>
    public IReadOnlyList<HeldMessage> TakeGroup(string group)
    {
        lock (gate)
        {
            var taken = waiting.Where(message => message.Message.GroupId == group).ToList();
            foreach (var message in taken)
                waiting.Remove(message);
            return taken;
        }
    }

    /// <summary>The group may go on.</summary>
    public void FreeGroup(string group)
    {
        lock (gate)
            busyGroups.Remove(group);
    }

    /// <summary>All that wait here; they are no longer to be handled.</summary>
    public IReadOnlyList<HeldMessage> TakeWaiting()
    {
        lock (gate)
        {
            var taken = waiting.ToList();
            waiting.Clear();
            return taken;
        }
    }

    /// <summary>Settled, given back or lost: no longer ours.</summary>
    public void Remove(HeldMessage message)
    {
        lock (gate)
        {
            held.Remove(message);
            waiting.Remove(message);
        }
    }

    /// <summary>Whether it waited here; then it is no longer ours.</summary>
    public bool RemoveWaiting(HeldMessage message)
    {
        lock (gate)
            return waiting.Remove(message) && held.Remove(message);
    }

    /// <summary>Those to renew in one go, the most urgent first; none so long as none is due.</summary>
    public IReadOnlyList<HeldMessage> Due(TimeSpan now)
    {
        lock (gate)
        {
            if (!held.Any(message => !message.IsLost && message.EndsAt - now <= RenewAt))
                return [];
            return [.. held.Where(message => !message.IsLost && message.EndsAt - now <= RenewAlong).OrderBy(message => message.EndsAt)];
        }
    }

    /// <summary>Those whose leases have ended unrenewed.</summary>
    public IReadOnlyList<HeldMessage> Expired(TimeSpan now)
    {
        lock (gate)
            return [.. held.Where(message => !message.IsLost && message.EndsAt <= now)];
    }

    /// <summary>When to look again: something is due then, or, while leases are being renewed, ends.</summary>
    public TimeSpan? NextLook(bool renewing)
    {
        lock (gate)
        {
            var live = held.Where(message => !message.IsLost).Select(message => message.EndsAt);
            return live.Any() ? live.Min() - (renewing ? TimeSpan.Zero : RenewAt) : null;
        }
    }

    public void Renewed(HeldMessage message, TimeSpan endsAt)
    {
        lock (gate)
            message.EndsAt = endsAt;
    }
}

using FuncQueue.Client.Json;
using FuncQueue.Client.Receiving;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>Creates, changes, looks at and removes queues; topics and keys by its members. Safe for concurrent use.</summary>
public class FuncQueueAdministration
{
    private readonly HttpTransport transport = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueAdministration()
    {
        (Topics, Groups, Keys) = (null!, null!, null!);
    }

    internal FuncQueueAdministration(HttpTransport transport)
    {
        this.transport = transport;
        Topics = new FuncQueueTopics(transport);
        Groups = new FuncQueueGroups(transport);
        Keys = new FuncQueueKeys(transport);
    }

    /// <summary>Topics and their subscriptions.</summary>
    public virtual FuncQueueTopics Topics { get; }

    /// <summary>Groups that read topics.</summary>
    public virtual FuncQueueGroups Groups { get; }

    /// <summary>The app's keys.</summary>
    public virtual FuncQueueKeys Keys { get; }

    /// <summary>Creates a queue that is not there.</summary>
    /// <exception cref="FuncQueueException">
    /// It is there (<see cref="FuncQueueErrorReason.PreconditionFailed"/>), or another failure.
    /// </exception>
    public virtual Task<QueueProperties> CreateQueueAsync(
        string queue,
        QueueSettings? settings = null,
        CancellationToken cancellationToken = default
    ) => PutAsync(queue, settings, null, create: true, cancellationToken);

    /// <summary>Creates a queue, or changes the settings of one that is there.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="settings">What is to be so.</param>
    /// <param name="ifMatch">The ETag that it must have, so that nobody's change is overwritten unseen.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual Task<QueueProperties> CreateOrUpdateQueueAsync(
        string queue,
        QueueSettings? settings = null,
        string? ifMatch = null,
        CancellationToken cancellationToken = default
    ) => PutAsync(queue, settings, ifMatch, create: false, cancellationToken);

    /// <summary>A queue with its counts; null: it is not there.</summary>
    public virtual Task<QueueProperties?> FindQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        transport.FindAsync(Call.Get(PathOf(queue)), WireJson.Default.QueueProperties, cancellationToken);

    /// <summary>All queues, or those whose names begin so, by name.</summary>
    public virtual IAsyncEnumerable<QueueProperties> ListQueuesAsync(
        string? prefix = null,
        CancellationToken cancellationToken = default
    ) =>
        Lists.ReadAsync(
            transport,
            "queues",
            prefix,
            WireJson.Default.WireQueues,
            part => part.Queues,
            part => part.Continuation,
            cancellationToken
        );

    /// <summary>Removes a queue and all that is in it; false where it is not there.</summary>
    public virtual Task<bool> DeleteQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        transport.RemoveAsync(Call.Delete(PathOf(queue)), cancellationToken);

    /// <summary>Drops the live messages that it meets, leased ones too, all or those that a filter matches.</summary>
    public virtual Task<PurgeResult> PurgeQueueAsync(
        string queue,
        MessageFilter? filter = null,
        bool dryRun = false,
        CancellationToken cancellationToken = default
    ) => Purging.PurgeAsync(transport, PathOf(queue) + "/purge", filter, dryRun, cancellationToken);

    /// <summary>Removes one live message that is not leased; false where it is not there.</summary>
    public virtual Task<bool> DeleteMessageAsync(string queue, Guid messageId, CancellationToken cancellationToken = default) =>
        transport.RemoveAsync(Call.Delete($"{PathOf(queue)}/messages/{messageId}"), cancellationToken);

    /// <summary>The groups of a FIFO queue with their backlogs.</summary>
    public virtual IAsyncEnumerable<MessageGroup> ListGroupsAsync(string queue, CancellationToken cancellationToken = default) =>
        Lists.ReadAsync(
            transport,
            PathOf(queue) + "/groups",
            null,
            WireJson.Default.WireGroups,
            part => part.Groups,
            part => part.Continuation,
            cancellationToken
        );

    /// <summary>What the server takes this client for.</summary>
    public virtual async Task<Identity> WhoAmIAsync(CancellationToken cancellationToken = default) =>
        (await transport.SendAsync(Call.Get("whoami"), WireJson.Default.Identity, cancellationToken)).Value;

    /// <summary>How the server is. One that answers that it is unwell is no failure of the call.</summary>
    public virtual async Task<HealthReport> GetHealthAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            // Asked once: who asks wants to know how it is now.
            var call = Call.Get("health") with
            {
                Repetition = Repetition.Never,
            };
            return (await transport.SendAsync(call, WireJson.Default.HealthReport, cancellationToken)).Value;
        }
        catch (FuncQueueException failure) when (failure.Status == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return new HealthReport("unhealthy", failure.Message);
        }
    }

    private async Task<QueueProperties> PutAsync(
        string queue,
        QueueSettings? settings,
        string? ifMatch,
        bool create,
        CancellationToken cancellationToken
    )
    {
        var content = HttpTransport.Json(settings ?? new QueueSettings(), WireJson.Default.QueueSettings);
        var call = Call.Put(PathOf(queue), content, ifMatch, create);
        return (await transport.SendAsync(call, WireJson.Default.QueueProperties, cancellationToken)).Value;
    }

    private static string PathOf(string queue)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return $"queues/{Uri.EscapeDataString(queue)}";
    }
}

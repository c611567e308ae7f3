using System.Text.Json;
using FuncQueue.Client.Json;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>Creates, changes, looks at and removes topics and subscriptions. Safe for concurrent use.</summary>
public class FuncQueueTopics
{
    private readonly HttpTransport transport = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueTopics() { }

    internal FuncQueueTopics(HttpTransport transport)
    {
        this.transport = transport;
    }

    /// <summary>Creates a topic, or changes the settings of one that is there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="settings">What is to be so.</param>
    /// <param name="ifMatch">The ETag that it must have.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual async Task<TopicProperties> CreateOrUpdateTopicAsync(
        string topic,
        TopicSettings? settings = null,
        string? ifMatch = null,
        CancellationToken cancellationToken = default
    )
    {
        var content = HttpTransport.Json(settings ?? new TopicSettings(), WireJson.Default.TopicSettings);
        var call = Call.Put(PathOf(topic), content, ifMatch, create: false);
        return (await transport.SendAsync(call, WireJson.Default.TopicProperties, cancellationToken)).Value;
    }

    /// <summary>A topic with its offsets; null: it is not there.</summary>
    public virtual Task<TopicProperties?> FindTopicAsync(string topic, CancellationToken cancellationToken = default) =>
        transport.FindAsync(Call.Get(PathOf(topic)), WireJson.Default.TopicProperties, cancellationToken);

    /// <summary>All topics, or those whose names begin so, by name.</summary>
    public virtual IAsyncEnumerable<TopicProperties> ListTopicsAsync(
        string? prefix = null,
        CancellationToken cancellationToken = default
    ) =>
        Lists.ReadAsync(
            transport,
            "topics",
            prefix,
            WireJson.Default.WireTopics,
            part => part.Topics,
            part => part.Continuation,
            cancellationToken
        );

    /// <summary>Removes a topic; false where it is not there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="drain">Whether subscriptions take what is theirs before.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual Task<bool> DeleteTopicAsync(string topic, bool drain = true, CancellationToken cancellationToken = default) =>
        transport.RemoveAsync(Call.Delete(PathOf(topic) + Drain(drain)) with { Unlimited = true }, cancellationToken);

    /// <summary>Creates a subscription, or changes one that is there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="settings">What is to be so.</param>
    /// <param name="ifMatch">The ETag that it must have.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual async Task<SubscriptionProperties> CreateOrUpdateSubscriptionAsync(
        string topic,
        string subscription,
        SubscriptionSettings settings,
        string? ifMatch = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        var content = HttpTransport.Json(settings, WireJson.Default.SubscriptionSettings);
        var call = Call.Put(PathOf(topic, subscription), content, ifMatch, create: false);
        return (await transport.SendAsync(call, WireJson.Default.SubscriptionProperties, cancellationToken)).Value;
    }

    /// <summary>A subscription with its lag; null: it is not there.</summary>
    public virtual Task<SubscriptionProperties?> FindSubscriptionAsync(
        string topic,
        string subscription,
        CancellationToken cancellationToken = default
    ) => transport.FindAsync(Call.Get(PathOf(topic, subscription)), WireJson.Default.SubscriptionProperties, cancellationToken);

    /// <summary>The subscriptions of a topic.</summary>
    public virtual async Task<IReadOnlyList<SubscriptionProperties>> ListSubscriptionsAsync(
        string topic,
        CancellationToken cancellationToken = default
    )
    {
        var call = Call.Get(PathOf(topic) + "/subscriptions");
        return (await transport.SendAsync(call, WireJson.Default.WireSubscriptions, cancellationToken)).Value.Subscriptions;
    }

    /// <summary>Removes a subscription; false where it is not there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="drain">Whether what was routed to it before still arrives.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual Task<bool> DeleteSubscriptionAsync(
        string topic,
        string subscription,
        bool drain = true,
        CancellationToken cancellationToken = default
    ) => transport.RemoveAsync(Call.Delete(PathOf(topic, subscription) + Drain(drain)) with { Unlimited = true }, cancellationToken);

    /// <summary>Lets a subscription forward again from a place, or skip to it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="to">The place as the HTTP API has it: <c>"earliest"</c>, <c>"now"</c>, <c>{"at":…}</c>, <c>{"offsets":…}</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual Task SeekSubscriptionAsync(
        string topic,
        string subscription,
        JsonElement to,
        CancellationToken cancellationToken = default
    )
    {
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("to");
            to.WriteTo(writer);
            writer.WriteEndObject();
        });
        var call = Call.Post(PathOf(topic, subscription) + "/seek", Repetition.IfNothingHappened, content);
        return transport.SendAsync(call, cancellationToken);
    }

    /// <summary>Records of a partition from a place on.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="from">An offset, an instant, <c>earliest</c> or <c>latest</c>.</param>
    /// <param name="maxRecords">1 to 1,000.</param>
    /// <param name="wait">How long to wait for a first one, up to 20 s.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The records, and the offset behind them.</returns>
    public virtual async Task<(IReadOnlyList<TopicRecord> Records, long NextOffset)> ReadAsync(
        string topic,
        int partition,
        string from = "earliest",
        int maxRecords = 100,
        TimeSpan? wait = null,
        CancellationToken cancellationToken = default
    )
    {
        var path =
            $"{PathOf(topic)}/partitions/{Wire.Text(partition)}/records?from={Uri.EscapeDataString(from)}"
            + $"&maxRecords={Wire.Text(maxRecords)}&waitSeconds={Wire.Text(wait ?? TimeSpan.Zero)}";
        var call = Call.Get(path) with { Wait = wait ?? TimeSpan.Zero };
        var answer = await transport.SendAsync(call, WireJson.Default.WireRecords, cancellationToken);
        return (answer.Value.Records, answer.Value.NextOffset);
    }

    private static string Drain(bool drain) => drain ? "" : "?drain=false";

    private static string PathOf(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return $"topics/{Uri.EscapeDataString(topic)}";
    }

    private static string PathOf(string topic, string subscription)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscription);
        return $"{PathOf(topic)}/subscriptions/{Uri.EscapeDataString(subscription)}";
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>Sends as a client of Amazon SQS does, without its library, so that nothing is sent twice unseen.</summary>
internal sealed class SqsSending(Recorder recorder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Only text, and on FIFO queues only with a deduplication id, as there. The answer is put as the HTTP API would.</summary>
    public async Task<Call> SendAsync(AppSlot slot, QueueSpec queue, Message message, string? group, string? deduplicationId)
    {
        var began = TimeProvider.System.GetUtcNow();
        if (slot.Client is not { } client)
            return new Call(slot, began, began, Ending.Failed, null, null);
        var json = new JsonObject
        {
            ["MessageBody"] = message.Text,
            ["MessageAttributes"] = new JsonObject
            {
                [Message.KeyAttribute] = new JsonObject { ["DataType"] = "String", ["StringValue"] = message.Key },
            },
        };
        if (group is not null)
            (json["MessageGroupId"], json["MessageDeduplicationId"]) = (group, deduplicationId);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sqs/000000000000/{queue.Name}")
        {
            Content = new StringContent(json.ToJsonString()),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0");
        request.Headers.Add("X-Amz-Target", "AmazonSQS.SendMessage");
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var response = await client.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            var ended = TimeProvider.System.GetUtcNow();
            if (response.IsSuccessStatusCode)
                return new Call(slot, began, ended, Ending.Ok, AsOverHttp(JsonNode.Parse(text)!), null);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable && !text.Contains("RequestThrottled", StringComparison.Ordinal))
                recorder.AddStrange($"SendMessage to {queue.Name}: {(int)response.StatusCode} {text}");
            // SQS has no word for "it may have happened".
            return new Call(slot, began, ended, Ending.Unknown, null, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            var refused =
                exception is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };
            return new Call(slot, began, TimeProvider.System.GetUtcNow(), refused ? Ending.Failed : Ending.Unknown, null, null);
        }
    }

    private static JsonObject AsOverHttp(JsonNode answer)
    {
        var json = new JsonObject { ["messageId"] = answer["MessageId"]!.GetValue<string>() };
        if (answer["SequenceNumber"]?.GetValue<string>() is { } number)
            json["sequenceNumber"] = long.Parse(number, CultureInfo.InvariantCulture);
        return json;
    }
}

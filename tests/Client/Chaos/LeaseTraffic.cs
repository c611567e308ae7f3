using System.Globalization;
using System.Text.Json.Nodes;

namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Takes down the leases that a server grants and renews, and the acks that it is asked for.</summary>
internal sealed class LeaseTraffic(History history) : ITraffic
{
    public void Asked(string path, JsonNode request)
    {
        if (!path.EndsWith("/ack", StringComparison.Ordinal))
            return;
        foreach (var receipt in Receipts(request))
            history.AckAsked(receipt);
    }

    public void Answered(string path, JsonNode? request, JsonNode answer)
    {
        if (path.EndsWith("/dequeue", StringComparison.Ordinal))
        {
            foreach (var message in answer["messages"]!.AsArray())
                history.Granted(Guid.Parse((string)message!["messageId"]!), (string)message["receipt"]!, EndOf(message));
        }
        else if (path.EndsWith("/extend", StringComparison.Ordinal))
        {
            foreach (var (receipt, result) in Receipts(request!).Zip(answer["results"]!.AsArray()))
            {
                if ((string?)result!["status"] == "ok")
                    history.Extended(receipt, EndOf(result));
            }
        }
    }

    private static IEnumerable<string> Receipts(JsonNode request) =>
        request["receipts"]!.AsArray().Select(receipt => (string)(receipt is JsonObject own ? own["receipt"]! : receipt!)!);

    private static DateTimeOffset EndOf(JsonNode leased) =>
        DateTimeOffset.Parse((string)leased["visibleAt"]!, CultureInfo.InvariantCulture);
}

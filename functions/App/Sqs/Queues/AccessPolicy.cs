using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>
/// The access policy of a queue or a topic: kept and shown, with the statements that AddPermission makes. Nobody is let in or kept out.
/// </summary>
internal sealed class AccessPolicy
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject root;

    private AccessPolicy(JsonObject root) => this.root = root;

    public bool IsEmpty => Statements.Count == 0;

    private JsonArray Statements => (JsonArray)root["Statement"]!;

    /// <summary>A queue's policy with no statement yet.</summary>
    public static AccessPolicy Create(string queueArn) => CreateAs(queueArn + "/SQSDefaultPolicy");

    /// <summary>A policy of this id, with no statement yet.</summary>
    public static AccessPolicy CreateAs(string id) =>
        new(
            new JsonObject
            {
                ["Version"] = "2008-10-17",
                ["Id"] = id,
                ["Statement"] = new JsonArray(),
            }
        );

    /// <summary>Reads a policy; null when it has not the form of one.</summary>
    public static AccessPolicy? Parse(string text)
    {
        // Without members twice, of which it would not be clear which one counts.
        if (StrictJson.Parse(Encoding.UTF8.GetBytes(text)) is null || ParseOnce(text) is not JsonObject root)
            return null;
        // A lone statement may go without its list.
        if (root["Statement"] is JsonObject lone)
            root["Statement"] = new JsonArray(lone.DeepClone());
        return root["Statement"] is JsonArray { Count: > 0 } statements && statements.All(s => s is JsonObject)
            ? new AccessPolicy(root)
            : null;
    }

    public bool Has(string label) => Find(label) is not null;

    public void Add(string label, IEnumerable<string> accounts, IEnumerable<string> actions, string arn, string service = "SQS") =>
        Statements.Add(
            (JsonNode)
                new JsonObject
                {
                    ["Sid"] = label,
                    ["Effect"] = "Allow",
                    ["Principal"] = new JsonObject { ["AWS"] = OneOrMany(accounts.Select(a => $"arn:aws:iam::{a}:root")) },
                    ["Action"] = OneOrMany(actions.Select(a => $"{service}:{a}")),
                    ["Resource"] = arn,
                }
        );

    /// <summary>Removes the statement; false when there is none of this label.</summary>
    public bool Remove(string label) => Find(label) is { } statement && Statements.Remove(statement);

    public string ToJson() => root.ToJsonString(Readable);

    private static JsonNode? ParseOnce(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private JsonNode? Find(string label) =>
        Statements.FirstOrDefault(s => s!["Sid"] is JsonValue value && value.TryGetValue<string>(out var sid) && sid == label);

    private static JsonNode OneOrMany(IEnumerable<string> values)
    {
        var all = values.Distinct().Select(v => (JsonNode)JsonValue.Create(v)).ToArray();
        return all.Length == 1 ? all[0] : new JsonArray(all);
    }
}

using System.Text;
using System.Text.Json;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Moves;

/// <summary>What callers know a task by: base64 of a JSON object with the task's id and the ARN of its queue.</summary>
internal sealed record MoveTaskHandle(Guid TaskId, string SourceArn)
{
    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"taskId":"{{TaskId}}","sourceArn":"{{SourceArn}}"}"""));

    /// <summary>Null for what is no handle.</summary>
    public static MoveTaskHandle? Parse(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || StrictJson.Parse(bytes.AsSpan(0, length)) is not { } json)
            return null;
        return
            json.TryGetProperty("taskId", out var id)
            && id.ValueKind == JsonValueKind.String
            && id.TryGetGuid(out var task)
            && json.TryGetProperty("sourceArn", out var arn)
            && arn.ValueKind == JsonValueKind.String
            && arn.GetString() is { } source
            ? new MoveTaskHandle(task, source)
            : null;
    }
}

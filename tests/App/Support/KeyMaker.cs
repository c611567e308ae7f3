namespace FuncQueue.App.Tests.Support;

/// <summary>Makes keys as an operator does: with the key of the Functions host.</summary>
public sealed class KeyMaker(string address, string? hostKey = null)
{
    /// <summary>Set as LocalHost__HostKey, it opens /host/keys; under the stand-in for a Functions host, it is the host's.</summary>
    public const string HostKey = "the key of the host 5f1c9a77";

    private static int masters;

    private readonly ApiClient client = new(address, hostKey);

    /// <summary>A new key of these rights and resources; its text.</summary>
    public async Task<string> MakeAsync(string name, string[] rights, string[] resources, DateTimeOffset? expiresAt = null)
    {
        var json = new JsonObject
        {
            ["rights"] = new JsonArray([.. rights.Select(r => (JsonNode)r)]),
            ["resources"] = new JsonArray([.. resources.Select(r => (JsonNode)r)]),
        };
        if (expiresAt is { } at)
            json["expiresAt"] = at.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var answer = await client.PutAsync("/host/keys/" + name, json.ToJsonString());
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json["key"]!.GetValue<string>();
    }

    /// <summary>A key that may do everything.</summary>
    public Task<string> MakeMasterAsync(string? name = null) =>
        MakeAsync(name ?? $"tests-own-master-{Interlocked.Increment(ref masters)}", ["manage", "keys"], ["*"]);

    /// <summary>Replaces a key; the new one's text.</summary>
    public async Task<string> RotateAsync(string name, int overlapSeconds)
    {
        var answer = await client.PostAsync($"/host/keys/{name}/rotate", $$"""{"overlapSeconds":{{overlapSeconds}}}""");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json["key"]!.GetValue<string>();
    }

    public async Task DeleteAsync(string name) =>
        (await client.DeleteAsync("/host/keys/" + name)).Status.ShouldBe(HttpStatusCode.NoContent);
}

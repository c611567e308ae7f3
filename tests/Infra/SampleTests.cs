namespace FuncQueue.Infra.Tests;

/// <summary>The sample of a worker that scales by a queue.</summary>
public sealed class SampleTests(BicepServer bicep)
{
    [Fact]
    public async Task The_worker_scales_from_zero_by_what_the_backlog_route_answers()
    {
        var app = await WorkerAsync();
        var scale = app["properties"]!["template"]!["scale"]!;
        scale["minReplicas"]!.GetValue<int>().ShouldBe(0);
        var rule = scale["rules"]![0]!["custom"]!;
        rule["type"]!.GetValue<string>().ShouldBe("metrics-api");
        rule["metadata"]!["url"]!.GetValue<string>().ShouldBe("[format('{0}/backlog', parameters('queueUrl'))]");
        rule["metadata"]!["authMode"]!.GetValue<string>().ShouldBe("bearer");
        rule["auth"]![0]!["triggerParameter"]!.GetValue<string>().ShouldBe("token");
        // The member is one that the route's answer has.
        var member = rule["metadata"]!["valueLocation"]!.GetValue<string>();
        var document = JsonNode.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(Repository.Root, "functions/App/OpenApi/openapi.json"),
                TestContext.Current.CancellationToken
            )
        )!;
        document["paths"]!["/queues/{queue}/backlog"].ShouldNotBeNull();
        document["components"]!["schemas"]!["Backlog"]!["properties"]![member]!["type"]!.GetValue<string>().ShouldBe("integer");
    }

    [Fact]
    public async Task Its_keys_come_from_a_vault_and_the_scaler_has_one_of_its_own()
    {
        var app = await WorkerAsync();
        var secrets = app["properties"]!["configuration"]!["secrets"]!.AsArray();
        secrets.Select(s => s!["name"]!.GetValue<string>()).ShouldBe(["receive-key", "inspect-key"]);
        foreach (var secret in secrets)
        {
            secret!.AsObject().ContainsKey("value").ShouldBeFalse();
            secret["keyVaultUrl"].ShouldNotBeNull();
        }

        var template = app["properties"]!["template"]!;
        template["scale"]!["rules"]![0]!["custom"]!["auth"]![0]!["secretRef"]!.GetValue<string>().ShouldBe("inspect-key");
        template["containers"]![0]!["env"]!.AsArray().Select(e => e!["secretRef"]?.GetValue<string>()).ShouldBe([null, "receive-key"]);
    }

    private async Task<JsonNode> WorkerAsync()
    {
        var template = await bicep.CompileAsync(InfraFolder.File("samples/worker.bicep"));
        var resources = template["resources"]!;
        var all = resources is JsonArray list ? list.ToList() : [.. resources.AsObject().Select(r => r.Value)];
        return all.ShouldHaveSingleItem()!;
    }
}

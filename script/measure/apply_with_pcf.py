"""Applies particles with PCF, the Python framework that this project carries on: PYTHON apply_with_pcf.py PARTICLES.json

The interpreter has pcf 0.4.7 (without its dependencies, which pin the clients of four clouds), boto3, deepdiff, Jinja2 and
commentjson. Endpoint and credentials come from boto3's own environment variables.
"""
import json
import sys
import types

from pcf.core import State
from pcf.core.particle import Particle
from pcf.core.pcf import PCF
from pcf.particle.aws.ecs.ecs_cluster import ECSCluster
from pcf.particle.aws.ecs.ecs_service import ECSService
from pcf.particle.aws.ecs.ecs_task_definition import ECSTaskDefinition

# The scanner imports the clients of all clouds, which neither this nor a user of ECS alone needs.
scanner = types.ModuleType('pcf.core.particle_flavor_scanner')
scanner.get_particle_flavor = lambda flavor: Particle.registry[flavor.lower()]
scanner.get_particle_flavor_registry = lambda: Particle.registry
sys.modules[scanner.__name__] = scanner

flavors = {kind.flavor: kind for kind in (ECSCluster, ECSTaskDefinition, ECSService)}
with open(sys.argv[1], encoding='utf8') as file:
    particles = [flavors[definition['flavor']](definition) for definition in json.load(file)]
framework = PCF([])
framework.add_particles(particles)
framework.link_particles(framework.particles)
for particle in particles:
    particle.set_desired_state(State.running)
for particle in particles:
    particle.apply(sync=True)
